"""`python -m benchmarks.kill`: a real server killed again and again with commands in flight; what it had answered must be there, to the last bit.

Each learner drives a session of its own, and beside it an engine session that carries out what was answered. After every kill the server's session must be that
one, or that one with the single command that was in flight; at the end every buffer of what is on disk is compared.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from app.keeping import bring_back
from app.ledger import Ledger
from app.settings import Limits
from app.shares import Share
from benchmarks.learner import Learner, Tally

READY = "Backprop Lab is ready at "


class Server:
    """The server's process, on one port, killed and started again on the same folder."""

    def __init__(self, folder: Path, workers: int = 1) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder = folder
        self.workers = workers
        self.up = threading.Event()
        self.start()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = [sys.executable, "-m", "app", "--no-browser", "--port", str(self.port), "--data", str(self.folder), "--workers", str(self.workers)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout and self.process.stdout.readline().startswith(READY)
        self.up.set()

    def end(self, how: signal.Signals) -> None:
        """End it, and wait until it is gone."""
        self.up.clear()
        several = processes(self.process.pid) if self.workers > 1 else []
        for each in (self.process.pid, *several):
            os.kill(each, how)
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def end_one(self, number: int) -> None:
        """Kill one of its workers, which it starts again by itself."""
        os.kill(processes(self.process.pid)[number], signal.SIGKILL)


def processes(parent: int) -> list[int]:
    """The processes that a process has started (Linux)."""
    return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def on_disk(folder: Path, learner: Learner, workers: int) -> bool:
    """Whether every buffer of a session that is brought back from its worker's file is the one here."""
    ledger = Ledger(folder, Limits().kept, Share(count=workers).of_session(learner.id))
    try:
        record = ledger.find(learner.id).result()
        assert record is not None
        back = [each for each in bring_back(record, ledger.load(record.number).result(), Limits()) if each][-1]
        known = learner.mine.last_change  # which is not read where an update begins, and then depends on the way there
        pairs = [(a, b) for a, b in zip(back.session._state(), learner.mine._state(), strict=True) if b is not known or learner.mine.position.instruction]
        return back.session.position == learner.mine.position and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)
    finally:
        ledger.close()


def kill(folder: Path, kills: int, clients: int, life: float, seed: int = 0, workers: int = 1) -> Tally:
    """Kill a server so many times, each after about `life` seconds, while so many learners give commands; of several workers every second time only one."""
    chance, tally, stop = random.Random(seed), Tally(), threading.Event()
    server = Server(folder, workers)
    learners = [Learner(server, number, tally, stop) for number in range(clients)]
    for learner in learners:
        learner.start()
    for turn in range(kills):
        time.sleep(chance.uniform(0.5, 1.5) * life)
        tally.kills += 1
        if workers > 1 and turn % 2:
            server.end_one(chance.randrange(workers))
            continue
        server.end(signal.SIGKILL)
        server.start()
    time.sleep(life)
    stop.set()
    for learner in learners:
        learner.join()
    server.end(signal.SIGKILL)
    tally.kills += 1
    tally.different += sum(not on_disk(folder, learner, workers) for learner in learners)
    return tally


def main(arguments: list[str]) -> int:
    """Kill it, and print one line; the exit code says whether nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--life", type=float, default=1.0, help="seconds between two kills, about")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="worker processes: killed with their parent, or every second time one alone")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        tally = kill(Path(folder), options.kills, options.clients, options.life, options.seed, options.workers)
        print(f"{tally}; in {time.perf_counter() - start:.0f} s")
    return 0 if tally.clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
