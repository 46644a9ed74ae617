"""`python -m benchmarks.load`: a class on one server: 300 sessions, 30 of them training, 60 stream clients, and pupils who step by hand.

Pupils live in this process, pages that watch in another, the server in its own, and all traffic stays on this machine. It prints how long a single step takes,
how fairly the training sessions share the processor, how old the frames are, what a session costs in memory, and whether any acknowledged step is missing, each
against its bound on a machine of two cores; with `--minutes 10` also whether memory, tasks, threads and file handles stay the same. A try: `--sessions 30
--seconds 10`.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.audience import watch
from benchmarks.kill import processes
from benchmarks.seen import Seen, report
from engine import Session, SessionSpec

READY = "Backprop Lab is ready at "
KINDS = [(10, (4, 4), 16), (10, (64, 64), 128), (6, (256, 256), 512), (4, (512, 512), 768)]
"""How many sessions of each size train among 300, their hidden units, and their batch: from some 0.05 to some 25 ms an update."""
LINES = 8
"""Connections over which pupils step, each some four times a second."""
LOOKS = 10
"""How often the server is looked at while it works."""


Group = tuple[int, tuple[int, ...], int]


@dataclass
class Pupil:
    """A session, and what was done to it."""

    at: str
    token: str
    steps: int = 0


class Line:
    """One kept connection that speaks as much HTTP as is needed here."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def call(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """Status and body of one request."""
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n"
        head += f"authorization: Bearer {token}\r\n" if token else ""
        self.writer.write(head.encode() + b"\r\n" + content)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", answer, re.IGNORECASE)
        text = await self.reader.readexactly(int(length[1])) if length else b""
        return int(answer.split(" ", 2)[1]), (json.loads(text) if text[:1] in b"{[" else text.decode())

    def drop(self) -> None:
        """Speak on a new connection from now on, which another worker takes."""
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


def main(arguments: list[str]) -> int:
    """Start a server, be its class for a while, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long (default 20)")
    parser.add_argument("--workers", type=int, default=1, help="worker processes of the server (default 1)")
    parser.add_argument("--minutes", type=float, help="the same in minutes; 10 is a soak")
    options = parser.parse_args(arguments)
    groups: list[Group] = [(max(2, round(many * options.sessions / 300)), units, batch) for many, units, batch in KINDS]
    if options.sessions <= 1 + sum(many for many, _, _ in groups):
        parser.error("a class has at least 10 sessions")
    with server(options.sessions, options.workers) as (process, address):
        seen = asyncio.run(_class(process.pid, address, options.sessions, groups, 60 * options.minutes if options.minutes else options.seconds))
    return 0 if report(seen, options.sessions, sum(many for many, _, _ in groups)) else 1


@contextmanager
def server(sessions: int, workers: int) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """A server process as a class has it, but with room for networks whose update takes 25 ms and with all sessions one visitor's; and its address."""
    large = {"PARAMETERS": 700_000, "VALUES": 2_000_000, "BATCH": 1024, "UPDATE_MILLISECONDS": 100, "RECORD_MILLISECONDS": 2000}
    limits = {**large, "SESSIONS_PER_VISITOR": sessions, "SESSIONS": sessions + workers, "WORKERS": workers, "UNHEARD_SECONDS": 3600, "MEMORY": 4000}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **{f"BACKPROP_LAB_{name}": str(value) for name, value in limits.items()}, "BACKPROP_LAB_DATA": folder}
        made = subprocess.Popen(
            [sys.executable, "-m", "app", "--no-browser", "--port", "0", "--profile", "classroom"], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert made.stdout
        try:
            yield made, made.stdout.readline().removeprefix(READY).strip()
        finally:
            made.terminate()
            made.wait()
            made.stdout.close()


async def _class(pid: int, address: str, count: int, groups: list[Group], seconds: float) -> Seen:
    host, port = address.removeprefix("http://").split(":")
    seen = Seen()
    line = Line(host, int(port))
    await _begin(line, {"layers": [{"kind": "linear", "units": 1}]})  # what every server loads at its first session is not a session's
    running = [[await _begin(line, _spec(units, batch)) for _ in range(many)] for many, units, batch in groups]
    heavy = _memory(pid)
    pupils = [await _begin(line, {}) for _ in range(count - 1 - sum(map(len, running)))]
    seen.small = (_memory(pid) - heavy) / len(pupils) - _remembered()
    for group in running:
        for each in group:
            status, said = await line.call("PUT", f"{each.at}/run", {}, each.token)
            if status != 200:
                raise SystemExit(f"{status}: {said}")
    for each in (each for group in running for each in group):
        while await _updates(line, each) == 0:
            pass
    pages = [(each.at, each.token) for group in running for each in group for _ in range(2)]
    ours, theirs = get_context("spawn").Pipe()
    apart = get_context("spawn").Process(target=watch, args=(address, pages, theirs))
    apart.start()
    await asyncio.to_thread(ours.recv)
    end, seen.seconds = time.perf_counter() + seconds, seconds
    ours.send(end)
    young = await _ages(line)
    started = [[await _updates(line, each) for each in group] for group in running]
    looking = asyncio.create_task(_look(Line(host, int(port)), pid, seen, end))
    await asyncio.gather(*(_steps(Line(host, int(port)), pupils[number::LINES], seen, end) for number in range(LINES)))
    line.drop()  # the server closes a connection that has been idle for long
    for group, from_ in zip(running, started, strict=True):
        done = [await _updates(line, each) - first for each, first in zip(group, from_, strict=True)]
        seen.shares.append((min(done), max(done)))
    await looking
    seen.frames = int(await asyncio.to_thread(ours.recv))
    apart.join()
    for each in pupils:
        seen.lost += await _updates(line, each) != each.steps
    seen.ages = {edge: count - young.get(edge, 0) for edge, count in (await _ages(line)).items()}
    return seen


async def _ages(line: Line) -> dict[float, int]:
    """How many frames were drawn within so many seconds until now."""
    _, text = await line.call("GET", "/metrics")
    found: dict[float, int] = {}
    for edge, number in re.findall(r'frame_age_seconds_bucket\{le="([^"]+)".*\} (\S+)', text):
        found[float(edge)] = found.get(float(edge), 0) + int(float(number))
    return found


async def _look(line: Line, pid: int, seen: Seen, end: float) -> None:
    """What the server takes, now and then while it works."""
    began = time.perf_counter()
    for number in range(1, LOOKS + 1):
        await asyncio.sleep(max(0.0, began + (end - began) * number / (LOOKS + 1) - time.perf_counter()))
        line.drop()
        _, text = await line.call("GET", "/metrics")
        tasks = sum(map(float, re.findall(r"^backprop_lab_tasks\S* (\S+)", text, re.MULTILINE)))
        seen.looks.append({"memory": _memory(pid), "tasks": tasks, **_handles(pid)})


def _spec(units: tuple[int, ...], batch: int) -> dict[str, Any]:
    hidden = [layer for size in units for layer in ({"kind": "linear", "units": size}, {"kind": "tanh"})]
    data = {"kind": "moons", "rows": max(200, batch), "test_share": 0}
    return {"layers": [*hidden, {"kind": "linear", "units": 1}], "data": data, "batch_size": batch, "optimizer": {"kind": "sgd", "learning_rate": 0.01}}


async def _begin(line: Line, spec: dict[str, Any]) -> Pupil:
    line.drop()
    status, made = await line.call("POST", "/api/sessions", spec)
    if status != 201:
        raise SystemExit(f"{status}: {made}")
    return Pupil(f"/api/sessions/{made['id']}", made["token"])


async def _updates(line: Line, pupil: Pupil) -> int:
    _, found = await line.call("GET", pupil.at, token=pupil.token)
    return int(found["state"]["position"]["update"])


async def _steps(line: Line, pupils: list[Pupil], seen: Seen, end: float) -> None:
    """Pupils of one connection step now and then."""
    chance = random.Random(len(pupils))
    while time.perf_counter() < end:
        pupil = chance.choice(pupils)
        began = time.perf_counter()
        status, _ = await line.call("POST", f"{pupil.at}/step", {"unit": "batch"}, pupil.token)
        seen.waits.append(time.perf_counter() - began)
        pupil.steps += status == 200
        seen.refused += status != 200
        pause = chance.uniform(0.1, 0.4)
        began = time.perf_counter()
        await asyncio.sleep(pause)
        seen.late.append(time.perf_counter() - began - pause)


def _memory(pid: int) -> float:
    """Resident kilobytes of a process and those that it has started (Linux)."""
    return sum(float(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{each}/status").read_text())[0]) for each in (pid, *processes(pid)))


def _remembered() -> float:
    """Kilobytes of what a small session remembers of its past when it is made."""
    return sum(sys.getsizeof(array) for kept in Session(SessionSpec()).snapshots._kept for array in kept.arrays) / 1024


def _handles(pid: int) -> dict[str, float]:
    """Threads and open files of a process and those that it has started (Linux)."""
    return {what: sum(len(os.listdir(f"/proc/{each}/{folder}")) for each in (pid, *processes(pid))) for what, folder in (("threads", "task"), ("files", "fd"))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
