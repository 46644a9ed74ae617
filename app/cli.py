"""The command line: start the server, or ask whether it is ready."""

import argparse
import ipaddress
import os
import socket
import sys
import threading
import urllib.error
import urllib.request
import webbrowser

from app.settings import Limits, Settings


def main(arguments: list[str]) -> int:
    """`serve` (the default) or `health`; the exit code says whether it went well."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Backprop Lab: watch, stop and check backpropagation.")
    parser.add_argument("command", nargs="?", choices=["serve", "health"], default="serve")
    parser.add_argument("--host", default=os.environ.get("BACKPROP_LAB_HOST", "127.0.0.1"), help="address to listen on (default 127.0.0.1: this machine only)")
    parser.add_argument("--port", type=int, default=int(os.environ.get("BACKPROP_LAB_PORT", "8000")), help="port (default 8000; 0 finds a free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument("--open", action="store_true", help="let other machines reach it: everyone on the network can then use this server")
    options = parser.parse_args(arguments)
    if options.command == "health":
        return _health(options.port)
    return _serve(options)


def _serve(options: argparse.Namespace) -> int:
    if not _loopback(options.host):
        if not options.open:
            print(f"Listening on {options.host} lets other machines in. If you want that, say so with --open.", file=sys.stderr)
            return 1
        print("Warning: everyone who can reach this machine can use this server.", file=sys.stderr)
    try:
        limits = Limits.from_environment()
        listening = _listen(options.host, options.port)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"Port {options.port} on {options.host} cannot be used ({error.strerror}). Is another Backprop Lab running? Choose another with --port.",
            file=sys.stderr,
        )
        return 1
    port = listening.getsockname()[1]
    import uvicorn

    from app.main import create_app
    from app.server import QuietServer

    settings = Settings(options.host, port, limits, open=options.open)
    config = uvicorn.Config(
        create_app(settings), log_level="warning", ws_per_message_deflate=False, ws_max_size=limits.message, timeout_graceful_shutdown=3, server_header=False
    )
    server = QuietServer(config)
    shown = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    threading.Thread(target=_announce, args=(server, address, not options.no_browser), daemon=True).start()
    server.run(sockets=[listening])
    return 0


def _announce(server: object, address: str, browse: bool) -> None:
    import time

    while not getattr(server, "started", False):
        time.sleep(0.02)
    print(f"Backprop Lab is ready at {address}", flush=True)
    desktop = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browse and desktop:
        webbrowser.open(address)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if os.name != "nt":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _health(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=3) as answer:
            return 0 if answer.status == 200 else 1
    except (OSError, urllib.error.URLError):
        return 1
