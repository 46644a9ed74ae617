"""The one command for everybody: `python3 dev.py serve` runs the lab, `python3 dev.py test` tests it. Each sets itself up first.

Standard library only. It starts on Python 3.8 too, so that it can say there that 3.11 is needed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BENCH = ROOT / ".venv-bench"
OLDEST = (3, 11)
PEERS = {"torch": "2.13.0", "jax": "0.10.2", "autograd": "1.9.1"}
TYPESCRIPT = "5.9.3"
LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["--extra", "dev", "-c", "requirements.lock"]}
BROWSERS = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "msedge", "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
)  # fmt: skip
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def main(arguments: list[str]) -> int:
    """Run one command; its exit code is the answer."""
    if sys.version_info < OLDEST:
        newer = next(filter(starts, (f"python3.{minor}" for minor in range(OLDEST[1], 20))), None)
        there = f" {newer} is on this machine: {newer} dev.py {' '.join(arguments)}" if newer else ""
        return fail(f"Backprop Lab needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {sys.version_info[0]}.{sys.version_info[1]}.{there}")
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print("Usage: python3 dev.py <command> [options]\n")
        print("\n".join(f"  {name:<12} {words}" for name, (_, words) in COMMANDS.items()))
        return 0 if arguments else 1
    if arguments[0] not in COMMANDS:
        return fail(f"There is no command {arguments[0]!r}; the commands are {', '.join(COMMANDS)}.")
    os.environ.update(ENVIRONMENT)
    os.chdir(ROOT)
    try:
        return COMMANDS[arguments[0]][0](arguments[1:])
    except KeyboardInterrupt:
        return 130


def setup(rest: list[str]) -> int:
    """Make the environment: what the lab needs, or with `--dev` what its tests need."""
    return prepare("requirements-dev.lock" if "--dev" in rest else "requirements.lock")


def serve(rest: list[str]) -> int:
    """Run the lab. Where the system can, the server takes this process over, and with it every signal."""
    if prepare("requirements.lock"):
        return 1
    command = [str(python_of(VENV)), "-m", "app", *rest]
    if os.name != "nt":
        os.execv(command[0], command)
    return run(*command)


def test(rest: list[str]) -> int:
    """Run pytest on every core, the browser tests included."""
    return prepare("requirements-dev.lock") or browser() or python("-m", "pytest", "-n", "auto", *rest)


def check(rest: list[str]) -> int:
    """Lint, format, types of Python and JavaScript, locks and generated pages; all are run, and each failure is named."""
    if prepare("requirements-dev.lock"):
        return 1
    checks: dict[str, Callable[[], int]] = {
        "ruff check": lambda: python("-m", "ruff", "check", "."),
        "ruff format": lambda: python("-m", "ruff", "format", "--check", "."),
        "mypy": lambda: python("-m", "mypy"),
        "tsc": javascript,
        "locks": locks_are_fresh,
        "generated pages": lambda: python("docs/generate.py", "--check"),
    }
    failed = []
    for name, passes in checks.items():
        print(f"── {name}", flush=True)
        if passes():
            failed.append(name)
    return fail("Not in order: " + ", ".join(failed) + ".") if failed else 0


def bench(rest: list[str]) -> int:
    """Time the engine against the peers that are installed; `--with-peers` first puts them all into an environment of its own."""
    options = [each for each in rest if each != "--with-peers"]
    if options != rest:
        wanted = [f"{name}=={version}" for name, version in PEERS.items()]
        if prepare("requirements.lock", BENCH) or python("-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted, venv=BENCH):
            return fail(f"Not all of {', '.join(wanted)} could be installed; see above.")
    venv = BENCH if works(BENCH) else VENV
    if prepare("requirements.lock", venv):
        return 1
    missing = [name for name in PEERS if python("-c", f"import importlib.util as u, sys; sys.exit(u.find_spec('{name}') is None)", venv=venv)]
    if missing:
        print(f"Not installed here: {', '.join(missing)}. To install them beside the lab and compare: python3 dev.py bench --with-peers", flush=True)
    return python("-m", "benchmarks", *options, venv=venv)


def generate(rest: list[str]) -> int:
    """Write the pages of docs/ that are made from the code."""
    return prepare("requirements-dev.lock") or python("docs/generate.py", *rest)


def screenshots(rest: list[str]) -> int:
    """Take the pictures in docs/screenshots from a running lab."""
    return prepare("requirements-dev.lock") or browser() or python("-m", "tests.e2e.screenshots", *rest)


def image_test(rest: list[str]) -> int:
    """Build the image, run it and try it."""
    return prepare("requirements-dev.lock") or python("-m", "tests.image", *rest)


def lock(rest: list[str]) -> int:
    """Write the lock files anew, with the newest versions that pyproject.toml allows."""
    return next((1 for name in LOCKS if resolve(name, name, "--upgrade")), 0)


def prepare(lock: str, venv: Path = VENV) -> int:
    """Make an environment hold what a lock file names, hashes checked; nothing is done where it already does."""
    stamp = venv / f"{lock}.sha256"
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    if works(venv) and stamp.exists() and stamp.read_text() == wanted:
        return 0
    uv = shutil.which("uv")
    if not works(venv) or not (uv or python("-m", "pip", "--version", venv=venv, quiet=True) == 0):
        if not uv and not can_make_environments():
            return fail("This Python cannot make an environment; run: " + MISSING_VENV)
        print(f"Making the environment {venv.name}…", flush=True)
        maker = [uv, "venv", "-q", "--seed", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        shutil.rmtree(venv, ignore_errors=True)
        if run(*maker, str(venv)):
            return fail("The environment could not be made; see above.")
    print(f"Installing what {lock} names…", flush=True)
    installer = [uv, "pip", "install", "-q", "--python", str(python_of(venv))] if uv else [str(python_of(venv)), "-m", "pip", "install", "-q"]
    if run(*installer, "--require-hashes", "-r", lock):
        return fail(f"Not everything that {lock} names could be installed; see above.")
    stamp.write_text(wanted)
    if lock == "requirements-dev.lock":  # which holds everything that the other one does
        (venv / "requirements.lock.sha256").write_text(hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest())
    return 0


MISSING_VENV = f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def can_make_environments() -> bool:
    """Whether this Python has venv and ensurepip, which Debian packs apart."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def python_of(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(venv: Path) -> bool:
    """Whether an environment is there and runs a Python that is new enough."""
    return python_of(venv).exists() and python("-c", f"import sys; sys.exit(sys.version_info < {OLDEST})", venv=venv, quiet=True) == 0


def python(*arguments: str, venv: Path = VENV, quiet: bool = False) -> int:
    """Run an environment's interpreter; its exit code."""
    return run(str(python_of(venv)), *arguments, quiet=quiet)


def run(*command: str, quiet: bool = False) -> int:
    """Run a program in the project's folder; its exit code."""
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.call(command, stdout=output, stderr=output)
    except OSError as error:
        return 1 if quiet else fail(f"{command[0]} cannot be run: {error.strerror}.")


def fail(sentence: str) -> int:
    """Say what is wrong, and what to do; 1, for the exit code."""
    print(sentence, file=sys.stderr, flush=True)
    return 1


def javascript() -> int:
    """Check the types of the page's modules, where Node is; it is a developer's tool, and neither the lab nor its tests need it."""
    npx = shutil.which("npx")
    if not npx:
        print("Skipped: the types of the JavaScript are checked where Node is installed, and it is not here.")
        return 0
    return run(npx, "--yes", "--package", f"typescript@{TYPESCRIPT}", "tsc", "--project", "tsconfig.json")


def locks_are_fresh() -> int:
    """Whether the locks still follow from pyproject.toml; new releases alone do not make them stale."""
    if not shutil.which("uv"):
        print("Skipped: the locks are compared where uv is installed, and it is not here. (tests/test_house.py holds them to pyproject.toml all the same.)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for name in LOCKS:
            fresh = Path(folder) / name
            shutil.copy(name, fresh)
            if resolve(name, str(fresh)):
                return 1
            if pins(Path(name)) != pins(fresh):
                return fail(f"{name} no longer follows from pyproject.toml; run: python3 dev.py lock")
    return 0


def pins(lock: Path) -> list[str]:
    """What a lock file fixes, without the hashes: a release may gain files for another system."""
    return [line for line in lock.read_text("utf-8").splitlines() if "--hash=" not in line]


def resolve(lock: str, into: str, *options: str) -> int:
    """Write a lock file: every package with its version and the hashes of its files, and no address of any registry."""
    uv = shutil.which("uv")
    if not uv:
        return fail("The lock files are written by uv; install it (pip install uv) and run this again.")
    fixed = ["-q", "--universal", "--generate-hashes", "--python-version", "3.11", "--custom-compile-command", "python3 dev.py lock"]
    return run(uv, "pip", "compile", *fixed, *options, *LOCKS[lock], "pyproject.toml", "-o", into)


def browser() -> int:
    """See to a Chromium and name it in $CHROMIUM for the tests; one clear sentence where there is none to be had."""
    named = os.environ.get("CHROMIUM")
    if named:
        return 0 if starts(named) else fail(f"$CHROMIUM names {named}, which does not start.")
    found = next(filter(starts, map(shutil.which, BROWSERS)), None) or bundled() or downloaded() or packaged()
    if not found:
        return fail("The browser tests need a Chromium, and none could be installed: install Chromium or Google Chrome, or name one in $CHROMIUM.")
    os.environ["CHROMIUM"] = found
    return 0


def starts(program: str | None) -> bool:
    """Whether a program runs here: a wrapper without its browser, or a browser without its libraries, does not."""
    return bool(program and shutil.which(program)) and (os.name == "nt" or run(str(program), "--version", quiet=True) == 0)


def bundled() -> str | None:
    """Playwright's own Chromium, where it is installed and starts."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([str(python_of(VENV)), "-c", code], stdout=subprocess.PIPE, text=True)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() and starts(path) else None


def downloaded() -> str | None:
    """Playwright's own Chromium, fetched now. The libraries it needs are asked for only once the browser itself has come."""
    print("Looking for a Chromium for the browser tests…", flush=True)
    if python("-m", "playwright", "install", "chromium", quiet=True):
        return None
    return bundled() or (python("-m", "playwright", "install", "--with-deps", "chromium"), bundled())[1]


def packaged() -> str | None:
    """The system's Chromium, installed now as root or by a sudo that asks for no password."""
    apt = shutil.which("apt-get")
    if not apt:
        return None
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    command = [*([] if root else ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive", apt]
    if run(*command, "update", "-qq"):
        return None
    for package in ("chromium-headless-shell", "chromium"):
        if not run(*command, "install", "-y", "-qq", "--no-install-recommends", package, "fonts-dejavu-core") and starts(shutil.which(package)):
            return shutil.which(package)
    return None


COMMANDS = {
    "setup": (setup, "make the environment (--dev: with what the tests need)"),
    "serve": (serve, "run the lab (--host, --port, --data, --no-browser)"),
    "test": (test, "run every test, the browser's included (arguments go to pytest)"),
    "check": (check, "lint, format, types, locks, generated pages"),
    "bench": (bench, "time the engine against others, side by side (--with-peers installs PyTorch, JAX and autograd for it)"),
    "generate": (generate, "write the generated pages of docs/ (--check only compares)"),
    "screenshots": (screenshots, "take the pictures in docs/screenshots"),
    "image-test": (image_test, "build the image and try it in a container, with a Docker engine or, as root on Debian, without one"),
    "lock": (lock, "write the lock files anew"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
