"""The command line: start the server, ask whether it is ready, or draw the words of a roster."""

import argparse
import difflib
import ipaddress
import os
import re
import secrets
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from app.roster import draw
from app.settings import PROFILES, Limits, Settings, allowed_hosts, class_word, data_chosen, data_folder, roster

if TYPE_CHECKING:
    from app.server import Server
    from app.shares.front import Front

ANYWHERE = ("0.0.0.0", "::", "")
COMMANDS = "start the server (the default), ask a running one whether it is ready, or draw the words of a roster"
EPILOG = (
    "Every limit has a variable of its own, BACKPROP_LAB_<NAME>: docs/settings.md lists them, and a running server shows them at /api/limits. "
    "BACKPROP_LAB_CACHE is the folder for files that are made once (fonts, compressed scripts); else .cache beside the code."
)
VARIABLE = re.compile(r"BACKPROP_LAB_[A-Z_]+")
FILES = "roster: a file with a name a line, and the roster to write: a word is drawn for each name that has none, and a file that is there is not written over"


def main(arguments: list[str]) -> int:
    """`serve` (the default), `health` or `roster`; the exit code says whether it went well."""
    options = parser().parse_intermixed_args(arguments)
    if len(options.files) != (2 if options.command == "roster" else 0):
        return _fail("`roster` takes two files: one of names, and the roster to write. Nothing else takes one.")
    if options.command == "roster":
        return _draw(*map(Path, options.files))
    if options.command == "health":
        return _health(options.host, options.port)
    return _serve(options)


def parser() -> argparse.ArgumentParser:
    """The options, each with its words."""
    parser = argparse.ArgumentParser(
        prog="python -m app",
        description="Backprop Lab: watch, stop and check backpropagation.",
        epilog=EPILOG,
    )
    parser.add_argument("command", nargs="?", choices=["serve", "health", "roster"], default="serve", help=COMMANDS)
    parser.add_argument("files", nargs="*", metavar="FILE", help=FILES)
    parser.add_argument(
        "--host",
        default=os.environ.get("BACKPROP_LAB_HOST", "127.0.0.1"),
        help="address to listen on (default 127.0.0.1: this machine only; BACKPROP_LAB_HOST)",
    )
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("BACKPROP_LAB_PORT", "8000"), help="port (default 8000; 0 finds a free one; BACKPROP_LAB_PORT)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument("--data", metavar="DIRECTORY", help="where sessions are kept (BACKPROP_LAB_DATA; else your user's data folder); none: in memory only")
    parser.add_argument(
        "--class-token",
        metavar="WORD",
        help="let other machines reach it, and let in who gives this word of 8 letters or more (BACKPROP_LAB_CLASS_TOKEN, which no list of processes shows)",
    )
    parser.add_argument("--class-token-file", metavar="FILE", help="the same, with the word in a file (BACKPROP_LAB_CLASS_TOKEN_FILE)")
    parser.add_argument(
        "--roster",
        metavar="FILE",
        help="in place of a class word a word for each learner: a file with name,word on a line (BACKPROP_LAB_ROSTER); read at the start. "
        "A learner finds the same sessions on every machine. `roster NAMES FILE` draws the words",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        metavar="NAME",
        help="a further name that it goes by, such as that of a proxy which speaks https for it, with or without :port; may be given again "
        "(BACKPROP_LAB_ALLOW_HOST, with commas). It needs a word, a roster or --open, as who reaches the proxy reaches this server",
    )
    parser.add_argument("--open", action="store_true", help="let other machines reach it without a word: everyone on the network can then use this server")
    parser.add_argument(
        "--metrics",
        action="store_true",
        help="answer /metrics (Prometheus) to other machines too; it is always answered to this one. (A class's word goes before.)",
    )
    parser.add_argument(
        "--log",
        choices=["json", "text"],
        default=os.environ.get("BACKPROP_LAB_LOG"),
        help="one line a request to the error output: method, route, status, milliseconds and a short name of the session (BACKPROP_LAB_LOG); else only faults",
    )
    parser.add_argument(
        "--processes",
        type=_count,
        default=os.environ.get("BACKPROP_LAB_PROCESSES"),
        help="processes for the laboratory (default: one a core, at most 4; BACKPROP_LAB_PROCESSES)",
    )
    parser.add_argument(
        "--workers",
        type=_count,
        default=os.environ.get("BACKPROP_LAB_WORKERS", "1"),
        help="processes that serve, each a share of the visitors, from four cores on (default 1; BACKPROP_LAB_WORKERS); sessions are kept when it changes",
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", default=os.environ.get("BACKPROP_LAB_DASK"), help="run them on a Dask cluster: its scheduler's address (BACKPROP_LAB_DASK)"
    )
    parser.add_argument(
        "--profile",
        choices=list(PROFILES),
        default=os.environ.get("BACKPROP_LAB_PROFILE", "local"),
        help="what one server allows: local (the default) for large networks of few people, classroom for small networks of many (BACKPROP_LAB_PROFILE)",
    )
    return parser


def _serve(options: argparse.Namespace) -> int:
    try:
        if options.log not in (None, "", "json", "text"):
            raise ValueError(f"BACKPROP_LAB_LOG takes json or text, and {options.log[:20]!r} came.")
        if options.workers > 1 and not hasattr(socket, "send_fds"):
            raise ValueError("This system cannot hand a connection from process to process, so --workers is not for it; start one process.")
        word = class_word(options.class_token, options.class_token_file)
        learners = roster(options.roster, word)
        allowed = allowed_hosts(options.allow_host)
        if not word and not learners and (allowed or not _loopback(options.host)):
            if not options.open:
                how = f"Going by the name {allowed[0]}" if _loopback(options.host) else f"Listening on {options.host}"
                raise ValueError(
                    f"{how} lets other machines in. Give a word that lets them in with --class-token, "
                    "a word for each learner with --roster, or let everyone in with --open."
                )
            print("Warning: everyone who can reach this machine can use this server.", file=sys.stderr)
        limits = Limits.from_environment(options.profile)
        listening = _listen(options.host, options.port)
    except ValueError as error:
        return _fail(str(error))
    except OSError as error:
        reason = f"Port {options.port} on {options.host} cannot be used ({error.strerror})."
        return _fail(f"{reason} Is another Backprop Lab running? Choose another port with --port, or --port 0 for a free one.")
    from app.records import recording
    from app.schema import Unusable

    folder = data_folder(options.data)
    port = listening.getsockname()[1]
    laboratory = {"processes": options.processes} if options.processes else {}
    reach = {"open": options.open or bool(word or learners), "metrics": options.metrics, "class_word": word, "roster": learners, "log": options.log or None}
    for warning in unknown_variables():
        print(warning, file=sys.stderr)
    settings = Settings(options.host, port, limits, allowed=allowed, dask=options.dask or None, workers=options.workers, **reach, **laboratory)
    try:
        server = _server(settings, folder)
    except Unusable as error:
        if data_chosen(options.data):
            return _fail(str(error))
        print(f"{error} This server keeps sessions in memory only.", file=sys.stderr)
        folder = None
        server = _server(settings, folder)
    threading.Thread(target=_announce, args=(server, settings, folder, not options.no_browser), daemon=True).start()
    with recording(settings.log):
        server.run(sockets=[listening])
    return server.code


def _server(settings: Settings, folder: Path | None) -> "Server | Front":
    """The process that serves, or the parent of several; raises Unusable where sessions cannot be kept in the folder."""
    from app.lock import locked
    from app.shares.files import divided, share_out

    lock = locked(folder) if folder else None
    try:
        several = settings.workers > 1
        key, astray = share_out(folder, settings.workers) if folder and (several or divided(folder)) else (secrets.token_bytes(32), {})
        if several:
            from app.shares.front import Front

            return Front(settings, key, folder, lock, astray)
        from app.ledger import Ledger
        from app.main import create_app
        from app.server import Server

        return Server(create_app(settings, Ledger(folder, settings.limits.kept, lock=lock) if folder else None))
    except BaseException:
        if lock:
            lock.close()
        raise


def unknown_variables() -> list[str]:
    """What is said of each variable that begins as a setting does and is none."""
    made = parser()
    told = " ".join([EPILOG, *(action.help or "" for action in made._actions)])
    known = {*VARIABLE.findall(told), *(f"BACKPROP_LAB_{each.name.upper()}" for each in fields(Limits))}
    strange = sorted(name for name in os.environ if name.startswith("BACKPROP_LAB_") and name not in known)
    meant = {name: difflib.get_close_matches(name, known, 1, 0.9) for name in strange}
    return [f"Warning: {name} is no setting of this server{f'; is it {close[0]}?' if close else '.'}" for name, close in meant.items()]


def _announce(server: object, settings: Settings, folder: Path | None, browse: bool) -> None:
    address = _address(settings.host, settings.port)
    while not getattr(server, "started", False):
        time.sleep(0.02)
    print(f"Backprop Lab is ready at {address}", flush=True)
    print(f"Sessions are kept in {folder}." if folder else "Sessions are kept in memory only.", flush=True)
    if settings.class_word:
        print("Whoever comes is asked for the class word.", flush=True)
    if settings.roster:
        print(f"Each of {len(settings.roster)} learners is asked for a word of their own.", flush=True)
    desktop = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browse and desktop:
        webbrowser.open(address)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening


def _draw(names: Path, file: Path) -> int:
    try:
        print(draw(names, file))
    except ValueError as error:
        return _fail(str(error))
    return 0


def _health(host: str, port: int) -> int:
    try:
        with urllib.request.urlopen(f"{_address(host, port)}/health", timeout=3) as answer:
            return 0 if answer.status == 200 else 1
    except (OSError, urllib.error.URLError):
        return _fail(f"Nothing answers at {_address(host, port)}.")


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ANYWHERE else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to 65535, and {text[:20]!r} came")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"1 to 64 processes can be had, and {text[:20]!r} came")
    return int(text)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
