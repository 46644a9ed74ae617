"""The one command for everybody: `python3 dev.py serve` runs the lab, `python3 dev.py test` tests it. Each sets itself up first.

Standard library only. It parses on Python 3.8, so that it can say that 3.11 is needed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
TYPESCRIPT = "5.9.3"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "msedge")
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def main(arguments):
    # type: (list[str]) -> int
    """Run one command; its exit code is the answer."""
    if sys.version_info < OLDEST:
        return fail("Backprop Lab needs Python {}.{} or newer, and this is {}.{}.".format(*OLDEST, *sys.version_info[:2]))
    parser = argparse.ArgumentParser(prog="python3 dev.py", description="Everything that is done with this project, in one command.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, words) in COMMANDS.items():
        commands.add_parser(name, help=words, add_help=False)
    chosen, rest = parser.parse_known_args(arguments)
    os.environ.update(ENVIRONMENT)
    os.chdir(str(ROOT))
    return COMMANDS[chosen.command][0](rest)


def fail(sentence):
    # type: (str) -> int
    """Say what is wrong; 1, for the exit code."""
    print(sentence, file=sys.stderr)
    return 1


def run(*command):
    # type: (str) -> int
    """Run a command in the project's folder; interrupting it is not an error."""
    try:
        return subprocess.call(list(command))
    except KeyboardInterrupt:
        return 0


def prepare(lock):
    # type: (str) -> int
    """Make the environment hold what a lock file names, with its hashes checked; nothing is done where it already does."""
    wanted = hashlib.sha256((ROOT / lock).read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / (lock + ".stamp")
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return 0
    uv = shutil.which("uv")
    if not PYTHON.exists():
        if not uv and not have_venv():
            return fail("This Python cannot make an environment. On Debian or Ubuntu run:  sudo apt install python3-venv")
        print("Setting up (once)…", flush=True)
        made = run(uv, "venv", "-q", "--python", sys.executable, str(VENV)) if uv else run(sys.executable, "-m", "venv", str(VENV))
        if made:
            return fail("The environment could not be made.")
    print(f"Installing what {lock} names…", flush=True)
    if uv:
        code = run(uv, "pip", "install", "-q", "--python", str(PYTHON), "--require-hashes", "-r", lock)
    else:
        code = run(str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", lock)
    if code:
        return fail(f"Installing failed; see above. Without a network, ask for the packages named in {lock}.")
    stamp.write_text(wanted)
    return 0


def have_venv():
    # type: () -> bool
    """Whether this Python can make a virtual environment with pip in it."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def setup(rest):
    # type: (list[str]) -> int
    return prepare("requirements-dev.lock" if "--dev" in rest else "requirements.lock")


def serve(rest):
    # type: (list[str]) -> int
    return prepare("requirements.lock") or run(str(PYTHON), "-m", "app", *rest)


def test(rest):
    # type: (list[str]) -> int
    code = prepare("requirements-dev.lock") or browser()
    return code or run(str(PYTHON), "-m", "pytest", *(rest or ["-q"]))


def check(rest):
    # type: (list[str]) -> int
    """Lint, types of Python and JavaScript, fresh documents; every one is run, and each failure is named."""
    if prepare("requirements-dev.lock"):
        return 1
    python = str(PYTHON)
    checks = {
        "ruff": [python, "-m", "ruff", "check", "."],
        "mypy": [python, "-m", "mypy"],
        "generated documents": [python, str(ROOT / "docs" / "generate.py"), "--check"],
    }
    if shutil.which("npx"):
        checks["tsc"] = ["npx", "--yes", "-p", "typescript@" + TYPESCRIPT, "tsc", "-p", "tsconfig.json"]
    else:
        print("JavaScript types are not checked: there is no Node here (it is a developer's tool only).")
    failed = [name for name, command in checks.items() if run(*command)]
    return fail("Failed: " + ", ".join(failed)) if failed else 0


def bench(rest):
    # type: (list[str]) -> int
    return prepare("requirements.lock") or run(str(PYTHON), "-m", "benchmarks", *rest)


def generate(rest):
    # type: (list[str]) -> int
    return prepare("requirements-dev.lock") or run(str(PYTHON), str(ROOT / "docs" / "generate.py"), *rest)


def screenshots(rest):
    # type: (list[str]) -> int
    return prepare("requirements-dev.lock") or browser() or run(str(PYTHON), "-m", "tests.e2e.screenshots", *rest)


def lock(rest):
    # type: (list[str]) -> int
    """Write the lock files anew."""
    for name, extra in (("requirements.lock", []), ("requirements-dev.lock", ["--extra", "dev"])):
        options = ["-q", "--universal", "--generate-hashes", "--no-header", "--python-version", "3.11"]
        if run("uv", "pip", "compile", *options, *extra, "pyproject.toml", "-o", name):
            return fail("The lock files need uv (pip install uv).")
    return 0


def browser():
    # type: () -> int
    """See to a Chromium and name it in $CHROMIUM; one clear sentence where there is none to be had."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found and bundled():
        return 0
    if not found:
        print("Installing a Chromium for the browser tests…", flush=True)
        with tempfile.TemporaryFile() as quiet:
            if subprocess.call([str(PYTHON), "-m", "playwright", "install", "--with-deps", "chromium"], stdout=quiet, stderr=quiet) == 0 and bundled():
                return 0
        sudo = [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["sudo", "-n"]
        if shutil.which("apt-get"):
            os.environ["DEBIAN_FRONTEND"] = "noninteractive"
            run(*sudo, "apt-get", "update", "-qq")
            run(*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core")
        found = shutil.which("chromium")
    if not found:
        return fail("The browser tests need Chromium: install it, or name its program in $CHROMIUM, and run this again.")
    os.environ["CHROMIUM"] = found
    return 0


def bundled():
    # type: () -> bool
    """Whether Playwright's own Chromium is there; names it in $CHROMIUM."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([str(PYTHON), "-c", code], stdout=subprocess.PIPE, text=True)
    path = answer.stdout.strip()
    if answer.returncode or not os.path.exists(path):
        return False
    os.environ["CHROMIUM"] = path
    return True


COMMANDS = {
    "setup": (setup, "make the environment (--dev for the tests' packages too)"),
    "serve": (serve, "run the lab (--host, --port, --no-browser)"),
    "test": (test, "run every test, the browser's included (arguments go to pytest)"),
    "check": (check, "lint, and check types and documents"),
    "bench": (bench, "time the engine against others, side by side"),
    "generate": (generate, "write the generated documents (--check only compares)"),
    "screenshots": (screenshots, "take the pictures in docs/screenshots"),
    "lock": (lock, "write the lock files anew"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
