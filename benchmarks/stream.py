"""`python -m benchmarks.stream`: frames a second of a network of 5,000 weights while it trains, their delay, and what they cost the server."""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

SPEC = {
    "layers": [{"kind": "linear", "units": 69}, {"kind": "tanh"}, {"kind": "linear", "units": 69}, {"kind": "tanh"}, {"kind": "linear", "units": 1}],
    "data": {"kind": "moons", "rows": 1000},
}
READY = "Backprop Lab is ready at "


@dataclass
class Seen:
    """What one client saw: when frames came, how long after its acknowledgement, and at which updates."""

    times: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    updates: list[int] = field(default_factory=list)
    size: int = 0


def main(arguments: list[str]) -> int:
    """Start a server, watch it with so many clients, each with a network of its own, and print one line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stream")
    parser.add_argument("--clients", type=int, default=1, help="pages that watch, each its own session (default 1; at most 10)")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args(arguments)
    server = subprocess.Popen([sys.executable, "-m", "app", "--no-browser", "--port", "0", "--data", "none"], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        address = server.stdout.readline().removeprefix(READY).strip()
        before, start = _processor(server.pid), time.perf_counter()
        seen = asyncio.run(_watch(address, options.clients, options.seconds))
        spent = _processor(server.pid) - before
        _report(seen, options.seconds, spent / (time.perf_counter() - start))
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    return 0


async def _watch(address: str, clients: int, seconds: float) -> list[Seen]:
    return await asyncio.gather(*(_client(address, seconds) for _ in range(clients)))


async def _client(address: str, seconds: float) -> Seen:
    session = await asyncio.to_thread(_call, "POST", f"{address}/api/sessions", SPEC)
    bearer = {"authorization": f"Bearer {session['token']}"}
    at = f"{address}/api/sessions/{session['id']}"
    seen = Seen()
    async with connect(f"{at.replace('http', 'ws', 1)}/stream?fields=gradients,scalars", additional_headers=bearer, compression=None) as stream:
        await asyncio.to_thread(_call, "PUT", f"{at}/run", {}, bearer)
        end = time.perf_counter() + seconds
        asked = time.perf_counter()
        while time.perf_counter() < end:
            message = await stream.recv()
            if isinstance(message, bytes):
                now = time.perf_counter()
                seen.times.append(now)
                seen.delays.append(now - asked)
                seen.updates.append(int.from_bytes(message[12:16], "little"))
                seen.size = len(message)
                await stream.send(json.dumps({"ack": int.from_bytes(message[8:12], "little")}))
                asked = time.perf_counter()
    return seen


def _call(method: str, address: str, body: object, headers: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def _processor(process: int) -> float:
    """Processor seconds that a process has used (Linux; elsewhere 0)."""
    try:
        numbers = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def _report(seen: list[Seen], seconds: float, share: float) -> None:
    delays = sorted(delay for each in seen for delay in each.delays)
    frames = [len(each.times) / seconds for each in seen]
    updates = sum(each.updates[-1] - each.updates[0] for each in seen) / seconds
    print(f"{len(seen)} client(s), {seen[0].size:,} bytes a frame, every weight's gradient in each")
    print(f"frames a second: least {min(frames):.1f}, median {statistics.median(frames):.1f}")
    print(f"from acknowledgement to next frame: median {1000 * statistics.median(delays):.1f} ms, 99 % within {1000 * delays[int(0.99 * len(delays))]:.1f} ms")
    print(f"updates a second meanwhile, all together: {updates:,.0f}; processor {100 * share:.0f} % of one core")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
