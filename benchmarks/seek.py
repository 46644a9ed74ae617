"""`python -m benchmarks.seek`: how long it takes to go anywhere in a run of 10,000 updates of the default network, and what going back costs a plain run."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
from statistics import median, quantiles
from time import perf_counter

import numpy as np

from engine import FIELDS, Position, Session, SessionSpec

UPDATES = 10_000
BOUND = 0.1
"""Seconds to a place, its frame included, for 99 of 100 places."""


def main(arguments: list[str]) -> int:
    """Print the times; exit 1 where going somewhere takes longer than the bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seek", description=__doc__)
    parser.add_argument("--places", type=int, default=1000)
    options = parser.parse_args(arguments)
    session = Session(SessionSpec())
    start = perf_counter()
    session.run(Position(UPDATES, 0), tap=())
    whole = perf_counter() - start
    rng = np.random.default_rng(1)
    times = []
    for update, op in zip(rng.integers(0, UPDATES, options.places), rng.integers(0, session.instruction_count, options.places), strict=True):
        start = perf_counter()
        session.seek(Position(int(update), int(op)))
        session.frame(list(FIELDS), 0, 1, running=False)
        times.append(perf_counter() - start)
    late = quantiles(times, n=100)[-1]
    kept = session.snapshots
    print(f"{UPDATES:,} updates without stopping      {whole * 1e3:8.1f} ms")
    print(f"to a random place and its frame   {median(times) * 1e3:8.2f} ms median, {late * 1e3:.2f} ms at 99 %, {max(times) * 1e3:.2f} ms at most")
    print(f"as a share of the whole run       {median(times) / whole:8.4f}")
    print(f"snapshots                         {len(kept):8d}, every {kept.stride} updates, {kept.nbytes / 1e6:.2f} MB")
    return int(late > BOUND)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
