"""`python -m benchmarks.load`: a class on one server: 300 sessions, 30 of them training, 60 stream clients, and pupils who step by hand.

The clients live in this process, the server in its own, and all traffic stays on this machine. It prints how long a single step takes, how fairly the
training sessions share the processor, how old the frames are, what a session costs in memory, and whether any acknowledged step is missing, each against its
bound on a machine of two cores; with `--minutes 10` also whether memory, tasks, threads and file handles stay the same. A try: `--sessions 30 --seconds 10`.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.kill import processes
from engine import Session, SessionSpec

READY = "Backprop Lab is ready at "
KINDS = [(10, (4, 4), 16), (10, (64, 64), 128), (6, (256, 256), 512), (4, (512, 512), 768)]
"""How many sessions of each size train among 300, their hidden units, and their batch: from some 0.05 to some 25 ms an update."""
OLD = 0.25
"""Seconds from which a frame is called old."""
STEP, SHARE, SIZE = 30.0, 1.2, 150.0
"""Bounds: milliseconds of a single step at the 99th percentile, largest share over smallest, kilobytes of a small session beside its history."""
GROWTH = 1.05
"""By what memory may grow over a soak, as what the sessions remember fills up."""
POOL = 6
"""Threads that the event loop hands work to; they are begun one by one as they are needed, and stay."""
BUSY = 5
"""Requests that may just be under way at a look: as many tasks and connections come and go."""
LOOKS = 10
"""How often the server is looked at while it works."""


Group = tuple[int, tuple[int, ...], int]


@dataclass
class Pupil:
    """A session, and what was done to it."""

    at: str
    token: str
    steps: int = 0


@dataclass
class Seen:
    """What came out."""

    waits: list[float] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    shares: list[float] = field(default_factory=list)
    frames: int = 0
    small: float = 0.0
    ages: dict[float, int] = field(default_factory=dict)
    looks: list[dict[str, float]] = field(default_factory=list)


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
    return 0 if _report(seen, options.sessions, sum(many for many, _, _ in groups)) else 1


@contextmanager
def server(sessions: int, workers: int) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """A server process as a class has it, but with room for networks whose update takes 25 ms and with all sessions one visitor's; and its address."""
    large = {"PARAMETERS": 700_000, "VALUES": 2_000_000, "BATCH": 1024, "UPDATE_MILLISECONDS": 100, "RECORD_MILLISECONDS": 2000}
    limits = {**large, "SESSIONS_PER_VISITOR": sessions, "SESSIONS": sessions + workers, "WORKERS": workers, "UNHEARD_SECONDS": 3600, "NUMBERS_IN_ALL": 10**9}
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
    streams = [await _watch(address, each) for group in running for each in group for _ in range(2)]
    end = time.perf_counter() + seconds
    watching = [asyncio.create_task(_draw(each, end)) for each in streams]
    for group in running:
        for each in group:
            status, said = await line.call("PUT", f"{each.at}/run", {}, each.token)
            if status != 200:
                raise SystemExit(f"{status}: {said}")
    started = [[await _updates(line, each) for each in group] for group in running]
    looking = asyncio.create_task(_look(Line(host, int(port)), pid, seen, end))
    await asyncio.gather(*(_steps(Line(host, int(port)), pupils[number::4], seen, end) for number in range(4)))
    for group, from_ in zip(running, started, strict=True):
        done = [await _updates(line, each) - first for each, first in zip(group, from_, strict=True)]
        seen.shares.append(max(done) / max(1, min(done)))
    await looking
    seen.frames = sum(await asyncio.gather(*watching))
    for each in pupils:
        seen.lost += await _updates(line, each) != each.steps
    _, text = await line.call("GET", "/metrics")
    for edge, number in re.findall(r'frame_age_seconds_bucket\{le="([^"]+)".*\} (\S+)', text):
        seen.ages[float(edge)] = seen.ages.get(float(edge), 0) + int(float(number))
    return seen


async def _look(line: Line, pid: int, seen: Seen, end: float) -> None:
    """What the server takes, now and then while it works."""
    began = time.perf_counter()
    for number in range(1, LOOKS + 1):
        await asyncio.sleep(max(0.0, began + (end - began) * number / (LOOKS + 1) - time.perf_counter()))
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


async def _watch(address: str, pupil: Pupil) -> ClientConnection:
    bearer = {"authorization": f"Bearer {pupil.token}"}
    return await connect(f"{address.replace('http', 'ws', 1)}{pupil.at}/stream", additional_headers=bearer, compression=None)


async def _draw(stream: ClientConnection, end: float) -> int:
    """Draw every frame at once, like a page that keeps up; how many there were."""
    drawn = 0
    try:
        while time.perf_counter() < end:
            async with asyncio.timeout(5):
                message = await stream.recv()
            if isinstance(message, bytes):
                drawn += 1
                await stream.send(json.dumps({"ack": int.from_bytes(message[8:12], "little")}))
    except (TimeoutError, ConnectionClosed):
        pass
    await stream.close()
    return drawn


async def _steps(line: Line, pupils: list[Pupil], seen: Seen, end: float) -> None:
    """Pupils of one connection step now and then, some fifteen times a second in all."""
    chance = random.Random(len(pupils))
    while time.perf_counter() < end:
        pupil = chance.choice(pupils)
        began = time.perf_counter()
        status, _ = await line.call("POST", f"{pupil.at}/step", {"unit": "batch"}, pupil.token)
        seen.waits.append(time.perf_counter() - began)
        pupil.steps += status == 200
        seen.refused += status != 200
        await asyncio.sleep(chance.uniform(0.1, 0.4))


def _memory(pid: int) -> float:
    """Resident kilobytes of a process and those that it has started (Linux)."""
    return sum(float(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{each}/status").read_text())[0]) for each in (pid, *processes(pid)))


def _remembered() -> float:
    """Kilobytes of what a small session remembers of its past when it is made."""
    return sum(sys.getsizeof(array) for kept in Session(SessionSpec()).snapshots._kept for array in kept.arrays) / 1024


def _handles(pid: int) -> dict[str, float]:
    """Threads and open files of a process and those that it has started (Linux)."""
    return {what: sum(len(os.listdir(f"/proc/{each}/{folder}")) for each in (pid, *processes(pid))) for what, folder in (("threads", "task"), ("files", "fd"))}


def _report(seen: Seen, sessions: int, training: int) -> bool:
    """Print what was seen; whether all of it is within its bounds."""
    waits = sorted(seen.waits)
    at = {share: 1000 * waits[min(len(waits) - 1, int(share * len(waits)))] for share in (0.5, 0.95, 0.99)}
    drawn, late = seen.ages[float("inf")], seen.ages[float("inf")] - seen.ages[OLD]
    oldest = next(edge for edge, count in seen.ages.items() if count == drawn)
    first, last = seen.looks[0], seen.looks[-1]
    steady = (
        all(last[name] <= first[name] + more for name, more in (("tasks", BUSY), ("threads", POOL), ("files", BUSY)))
        and last["memory"] <= GROWTH * first["memory"]
    )
    print(
        f"{sessions} sessions, {training} training, {2 * training} streams; {len(waits):,} single steps, {seen.refused} refused; {seen.frames:,} frames drawn"
    )
    found = {
        f"a single step, 99 of 100: {at[0.99]:.1f} ms (median {at[0.5]:.1f}, 95 of 100 {at[0.95]:.1f}, longest {1000 * waits[-1]:.1f}); bound {STEP:.0f}": at[
            0.99
        ]
        <= STEP,
        f"largest share over smallest, by size: {', '.join(f'{share:.2f}' for share in seen.shares)}; bound {SHARE}": max(seen.shares) <= SHARE,
        f"oldest frame: at most {1000 * oldest:.0f} ms, {late} of {drawn:,} older than {1000 * OLD:.0f}; bound 0": late == 0,
        f"a small session, its history beside it: {seen.small:.0f} kB; bound {SIZE:.0f}": seen.small <= SIZE,
        f"sessions that lost a step: {seen.lost}; bound 0": seen.lost == 0,
        "from the first look to the last: "
        + ", ".join(f"{name} {first[name]:,.0f} → {last[name]:,.0f}" for name in first)
        + f"; bound ×{GROWTH} and no more": steady,
    }
    for words, holds in found.items():
        print(f"{'✓' if holds else '✗'} {words}")
    return all(found.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
