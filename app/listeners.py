"""Who is told when a session has changed: streams and readers of events, each with a bell of its own."""

import asyncio
from collections.abc import Callable


class Listeners(set[asyncio.Event]):
    """The bells. `version` counts changes of the state, `ticks` everything that is worth a look."""

    def __init__(self) -> None:
        super().__init__()
        self.version = 0
        self.ticks = 0
        self._nudged = False
        self._loop = asyncio.get_running_loop()

    def changed(self) -> None:
        """Tell everyone that the state is another one. Event loop only."""
        self.version += 1
        self._nudge()

    def wake(self) -> None:
        """Let everyone look at the new numbers, once for all turns that the loop has not yet heard of. Any thread."""
        if self and not self._nudged:
            self._nudged = True
            self.soon(self._nudge)

    def soon(self, function: Callable[[], None]) -> None:
        """Call something on the event loop. Any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    def _nudge(self) -> None:
        self.ticks += 1
        self._nudged = False
        for bell in self:
            bell.set()
