"""`python -m tests.fuzz --seconds 60`: the readers of other people's text under coverage-guided fuzzing, each for so long, one after the other.

Needs atheris (Linux), which nothing else does: `pip install atheris==3.0.0`. One line a target; a crash prints its input, in base 64.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

TARGETS = ("table", "formula", "spec")


def main(arguments: list[str]) -> int:
    """Fuzz each target in a process of its own; the exit code says whether none of them crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--target", choices=TARGETS, help="this one alone, and in this process")
    options = parser.parse_args(arguments)
    if options.target:
        return fuzz(options.target, options.seconds)
    return max([told(target, options.seconds) for target in TARGETS])


def told(target: str, seconds: int) -> int:
    """Fuzz one target and print how often it was run, or how it ended."""
    command = [sys.executable, "-m", "tests.fuzz", "--target", target, "--seconds", str(seconds)]
    answer = subprocess.run(command, capture_output=True, text=True, errors="replace")
    runs = re.search(r"stat::number_of_executed_units: *(\d+)", answer.stderr)
    covered = re.findall(r"cov: (\d+)", answer.stderr)
    if answer.returncode or not runs or not covered:
        print(f"{target}: it ended with {answer.returncode}\n{answer.stdout}\n{answer.stderr[-6000:]}", flush=True)
        return 1
    print(f"{target}: {int(runs[1]):,} runs in {seconds} s, {int(covered[-1]):,} branches reached, no crash", flush=True)
    return 0


def fuzz(target: str, seconds: int) -> int:
    """Run one target until the time is up; libFuzzer then ends the process."""
    try:
        import atheris
    except ImportError:
        print(f"This needs atheris, on Linux: {sys.executable} -m pip install atheris==3.0.0", file=sys.stderr)
        return 2
    import sklearn.datasets  # noqa: F401 - which takes seconds, and is no part of what is looked at

    with atheris.instrument_imports(include=["engine", "csv", "ast", "json"]):
        from tests.fuzz import targets
    runs: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
        "table": (lambda data: targets.table(data.decode("utf-8", "replace")), [text.encode() for text in targets.CSV]),
        "formula": (lambda data: targets.formula(data.decode("utf-8", "replace")), [text.encode() for text in targets.FORMULAS]),
        "spec": (lambda data: targets.spec(chooser(atheris.FuzzedDataProvider(data))), [bytes(range(start, start + 40)) for start in range(0, 200, 20)]),
    }
    run, seeds = runs[target]
    warnings.simplefilter("error", RuntimeWarning)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds):
            (Path(folder) / str(number)).write_bytes(seed)
        bounds = [f"-max_total_time={seconds}", "-max_len=2048", "-timeout=30", "-rss_limit_mb=2048", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *bounds, f"-artifact_prefix={tempfile.gettempdir()}/fuzz-{target}-", folder], run)
        atheris.Fuzz()
    return 0


def chooser(source: Any) -> Callable[[int], int]:
    """Choices made of the fuzzer's bytes."""

    def choose(count: int) -> int:
        return int(source.ConsumeIntInRange(0, count - 1))

    return choose


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
