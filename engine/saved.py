"""A session as bytes and back: what it has become, and what it remembers of its past. Its spec is kept apart, since that never changes.

A file is the magic `BPLS`, the version of the format, the length of the header, the header as JSON, and then raw little-endian arrays at multiples of 8.
The header has the fingerprint of the arithmetic, where the random draws come from, and where each array stands. Nothing in it is ever executed.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from engine.arena import Rooms
from engine.errors import Unreadable
from engine.fingerprint import fingerprint
from engine.formula.calls import Array
from engine.past import Memory, remember, retell
from engine.session import Session
from engine.settings import Settings
from engine.snapshots import Snapshot, copies
from engine.spec import SessionSpec

MAGIC = b"BPLS"
VERSION = 3
"""Raised with what a file holds, and with where the numbers of a program stand."""
HEAD = struct.Struct("<4sIQ")
ALIGN = 8
DTYPES = ("<f8", "<f4", "<i8", "<u8", "<i4", "|b1")
NEWER = 1 << 12
"""Added to the number of the graph on coming back, so that nobody takes it for one that is known."""


class Written:
    """A session as it stood when this was made, and its bytes, put together piece by piece when they are asked for, on any thread."""

    def __init__(self, header: dict[str, Any], arrays: Sequence[Array]) -> None:
        """The arrays may not be changed any more."""
        told, at = [], 0
        for array in arrays:
            told.append([array.dtype.newbyteorder("<").str, list(array.shape), at])
            at += _aligned(array.nbytes)
        text = json.dumps({**header, "arrays": told}, separators=(",", ":")).encode()
        self._head = HEAD.pack(MAGIC, VERSION, len(text)) + text + b"\0" * (-(HEAD.size + len(text)) % ALIGN)
        self._arrays = arrays
        self._size = len(self._head) + at

    def __len__(self) -> int:
        return self._size

    def pieces(self, size: int) -> Iterator[bytes]:
        """All of it, in pieces of so many bytes; the last may be shorter."""
        piece = bytearray()
        for part in self._parts():
            for start in range(0, len(part), size):
                piece += part[start : start + size]
                if len(piece) >= size:
                    yield bytes(piece[:size])
                    del piece[:size]
        if piece:
            yield bytes(piece)

    def _parts(self) -> Iterator[bytes | memoryview]:
        yield self._head
        for array in self._arrays:
            yield np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(-1).view(np.uint8).data
            yield b"\0" * (_aligned(array.nbytes) - array.nbytes)


def written(session: Session, room: int = 256_000) -> Written:
    """The session as it stands, with snapshots of its past in about `room` bytes, spread evenly; its spec is not among it."""
    session.history.settle()
    memory = Memory(room)
    present = Snapshot(session.position, copies(session._state()), (session.settings, session.damaged, session.computed_with))
    header = {
        "fingerprint": fingerprint(),
        "random": {"generator": "Philox", "seed": session._spec.seed, "keyed_by": ["seed", "purpose", "update"]},
        "revision": session.revision,
        "changes": session.changes,
        "present": memory.mark(present),
        **remember(session, memory),
        **memory.json(),
    }
    return Written(header, memory.arrays)


def from_bytes(saved: bytes, spec: SessionSpec, limits: Mapping[str, int] | None = None, rooms: Rooms | None = None) -> tuple[Session, bool]:
    """The session that `written` was given, and whether its past can be replayed: not on a machine of another arithmetic, where only snapshots are taken over.

    Raises Unreadable for what was not written by this format or does not fit this program, and what `Session` raises for the spec.
    """
    header, arrays = _unpacked(saved)
    exact = header.get("fingerprint") == fingerprint()
    session = Session(spec, limits, rooms)
    try:
        if header["random"]["seed"] != spec.seed:
            raise Unreadable("it belongs to another spec: its seed is not the spec's")
        memory = Memory.of(header, arrays)
        present = memory.marks[header["present"]]
        retell(session, header, memory, present.position, exact=exact)
        _fits(session, present)
        session._restore(present)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise Unreadable(f"it does not fit this version of the program ({type(error).__name__}: {error})") from error
    session._snapshot()
    session.revision = header["revision"] + NEWER
    session.changes += header["changes"] + 1
    return session, exact


def _fits(session: Session, mark: Snapshot) -> None:
    settings, _, computed_with = mark.settings
    assert isinstance(settings, Settings) and isinstance(computed_with, Settings)
    if settings != session.settings:
        session._use(settings)
    session.computed_with = computed_with
    mine, its = ([(array.shape, array.dtype) for array in arrays] for arrays in (session._state(), mark.arrays))
    if mine != its:
        raise Unreadable("its arrays have other shapes than this version of the program gives them")


def _unpacked(saved: bytes) -> tuple[dict[str, Any], list[Array]]:
    """The header, and the arrays as copies in this machine's own order of bytes; raises Unreadable for anything else."""
    if len(saved) < HEAD.size:
        raise Unreadable("it is cut short")
    magic, version, length = HEAD.unpack_from(saved)
    if magic != MAGIC:
        raise Unreadable("it is not a saved session")
    if version != VERSION:
        other = "a newer one has written it" if version > VERSION else "an older one has written it, whose numbers stand in other places"
        raise Unreadable(f"it is of format {version}, and this program reads format {VERSION}; {other}")
    start = _aligned(HEAD.size + length)
    try:
        header = json.loads(saved[HEAD.size : HEAD.size + length])
        arrays = [_array(saved, start + at, dtype, tuple(shape)) for dtype, shape, at in header["arrays"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"it is damaged or cut short ({type(error).__name__}: {error})") from error
    return header, arrays


def _array(saved: bytes, at: int, dtype: str, shape: tuple[int, ...]) -> Array:
    if dtype not in DTYPES:
        raise ValueError(f"an array of {dtype[:20]}")
    found = np.frombuffer(saved, dtype, prod(shape), at).reshape(shape)
    return found.astype(found.dtype.newbyteorder("="))


def _aligned(size: int) -> int:
    return -(-size // ALIGN) * ALIGN
