"""One training step, timed side by side; and the same with every gradient and activation taken out at every step."""

import argparse
from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np

from benchmarks.peers import peers
from benchmarks.workloads import WORKLOADS, Workload
from engine import Position, Session

AGREE = 1e-12
STREAM_BOUND = 1.15


def main(arguments: list[str]) -> int:
    """Print the table; exit 1 where a ratio is over its bound, 2 where PyTorch is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sample", type=float, default=0.05, help="seconds of each sample")
    options = parser.parse_args(arguments)
    over = False
    print(f"{'network':32} {'against':15} {'ours µs':>9} {'peer µs':>9} {'ratio':>7} {'bound':>7}")
    compared = 0
    for workload in WORKLOADS:
        ours = workload.session()
        for peer in peers(workload, ours):
            compared += peer.name == "PyTorch eager"
            _check_losses(workload, peer.losses(6))
            ratios, mine, theirs = pair(_runner(ours), peer.run, options.rounds, options.sample)
            bound = workload.bound if peer.name == "PyTorch eager" else None
            over |= bound is not None and median(ratios) > bound
            print(f"{workload.name:32} {peer.name:15} {mine:9.1f} {theirs:9.1f} {median(ratios):7.3f} {bound if bound else '':>7}")
        plain, tapped = _runner(ours), _tapped(ours)
        ratios, with_tap, without = pair(tapped, plain, options.rounds, options.sample)
        over |= median(ratios) > STREAM_BOUND
        print(f"{workload.name:32} {'with the tap':15} {with_tap:9.1f} {without:9.1f} {median(ratios):7.3f} {STREAM_BOUND:>7}")
    if not compared:
        print("PyTorch is not installed here, so nothing was compared with it.")
        return 2
    return int(over)


def _runner(session: Session) -> Callable[[int], None]:
    def run(steps: int) -> None:
        session.run(Position(session.position.update + steps, 0), tap=())

    return run


def _tapped(session: Session) -> Callable[[int], None]:
    gradients = np.zeros(session.gradients_arena.flat.size, np.float32)
    program = session.program
    values = np.zeros(program.values.flat.size, np.float32)
    copy, source, activations = np.copyto, session.gradients_arena.flat, program.values.flat

    def take() -> None:
        copy(gradients, source)
        copy(values, activations)

    def run(steps: int) -> None:
        session.run(Position(session.position.update + steps, 0), tap=(take,))

    return run


def _check_losses(workload: Workload, theirs: list[float]) -> None:
    session = workload.session()
    for expected in theirs:
        session.run(Position(session.position.update + 1, 0), tap=())
        found = float(session.program.loss_value)
        if abs(found - expected) > AGREE * abs(expected):
            raise SystemExit(f"{workload.name}: the losses differ, {found!r} here and {expected!r} there; nothing is timed")


def pair(first: Callable[[int], None], second: Callable[[int], None], rounds: int, sample: float) -> tuple[list[float], float, float]:
    """The two timed in turn; their ratios round by round, and each one's median in µs a step.

    The clock is the process's own processor time, with one thread on either side: neighbours on the machine then weigh less.
    """
    steps = [_steps_for(run, sample) for run in (first, second)]
    times: list[list[float]] = [[], []]
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            start = process_time()
            (first, second)[which](steps[which])
            times[which].append((process_time() - start) / steps[which] * 1e6)
    return [a / b for a, b in zip(*times, strict=True)], median(times[0]), median(times[1])


def _steps_for(run: Callable[[int], None], sample: float) -> int:
    run(3)
    steps = 1
    while True:
        start = process_time()
        run(steps)
        took = process_time() - start
        if took > sample / 4:
            return max(1, round(steps * sample / took))
        steps *= 4
