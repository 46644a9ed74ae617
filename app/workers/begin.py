"""How a process of the pool begins; it imports nothing else of the server, so that it is there at once."""

import contextlib
import multiprocessing
import os
import signal
import threading


def begin() -> None:
    """Leave Ctrl+C to the server, stand behind it in the queue for the processor, and end when it ends, however that comes about."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)
    threading.Thread(target=_end_with_the_server, daemon=True).start()


def _end_with_the_server() -> None:
    server = multiprocessing.parent_process()
    if server:
        server.join()
        os._exit(1)
