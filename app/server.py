"""The server process: uvicorn, ending with exit code 0 when it is asked to stop."""

import contextlib
import signal
from collections.abc import Iterator

import uvicorn


class QuietServer(uvicorn.Server):
    """Uvicorn raises the signal again after its shutdown; a service that was asked to stop has done well."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
