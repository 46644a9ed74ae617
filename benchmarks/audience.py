"""Pages that watch, in a process of their own: what they draw takes no time from the clients that are timed."""

import asyncio
import json
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Page = tuple[str, str]
"""A session's address below the server's, and its token."""


def watch(address: str, pages: Sequence[Page], line: "Connection[object, object]") -> None:
    """Have a page for each of these: says when all are open, hears until which moment of the machine's steady clock, and says how many frames were drawn."""
    asyncio.run(_watch(address, pages, line))


async def _watch(address: str, pages: Sequence[Page], line: "Connection[object, object]") -> None:
    over = asyncio.Event()
    drawing = [asyncio.create_task(_draw(await _open(address, *each), over)) for each in pages]
    line.send("open")
    end = float(str(await asyncio.to_thread(line.recv)))
    await asyncio.sleep(end - time.perf_counter())
    over.set()
    line.send(sum(await asyncio.gather(*drawing)))


async def _open(address: str, at: str, token: str) -> ClientConnection:
    return await connect(f"{address.replace('http', 'ws', 1)}{at}/stream", additional_headers={"authorization": f"Bearer {token}"}, compression=None)


async def _draw(stream: ClientConnection, over: asyncio.Event) -> int:
    """Draw every frame at once, like a page that keeps up; how many there were."""
    drawn = 0
    try:
        while not over.is_set():
            async with asyncio.timeout(5):
                message = await stream.recv()
            if isinstance(message, bytes):
                drawn += 1
                await stream.send(json.dumps({"ack": int.from_bytes(message[8:12], "little")}))
    except (TimeoutError, ConnectionClosed):
        pass
    await stream.close()
    return drawn
