"""Every limit and every setting in one place; each has a number and a sentence for the user."""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from app.roster import LONGEST, SHORTEST, Learner, proper, read


@dataclass(frozen=True)
class Limits:
    """What one server allows. Shown at /api/limits; each is overridden by the variable BACKPROP_LAB_<NAME>. What is `shared` is the whole server's."""

    layers: int = field(default=64, metadata={"says": "layers in a network"})
    units: int = field(default=1024, metadata={"says": "units in a layer"})
    parameters: int = field(default=700_000, metadata={"says": "parameters in a network"})
    values: int = field(default=2_000_000, metadata={"says": "numbers that a batch makes on its way through a network"})
    evaluated: int = field(default=20_000_000, metadata={"says": "numbers that all examples together make on their way through a network"})
    update_milliseconds: int = field(default=500, metadata={"says": "milliseconds that one update, which nothing interrupts, is predicted to take"})
    record_milliseconds: int = field(default=2000, metadata={"says": "milliseconds that one record of how all examples do is predicted to take"})
    rows: int = field(default=10_000, metadata={"says": "examples in a dataset"})
    batch: int = field(default=1024, metadata={"says": "examples in a batch"})
    steps: int = field(default=10_000, metadata={"says": "units, or updates, in one step command"})
    snapshots: int = field(default=64 * 2**20, metadata={"says": "bytes of snapshots in a session, by which one goes back; at least two of them are kept"})
    commands: int = field(default=1000, metadata={"says": "changes by hand in one branch over which one can go back"})
    worksheet: int = field(default=64, metadata={"says": "parameters on a worksheet"})
    branches: int = field(default=8, metadata={"says": "branches of a session; one without a name makes room"})
    links: int = field(default=200_000, metadata={"says": "scalar links between the loss and a weight, for its paths to be laid out"})
    paths: int = field(default=100, metadata={"says": "paths listed by one call"})
    written: int = field(default=500, metadata={"says": "characters that a network writes in one call"})
    breakpoints: int = field(default=20, metadata={"says": "breakpoints of one run"})
    resolution: int = field(default=64, metadata={"says": "points along each side of a surface"})
    examples: int = field(default=10_000, metadata={"says": "examples listed by one call"})
    connections: int = field(default=4000, metadata={"says": "connections open at once; less where the system grants fewer file handles", "shared": True})
    connections_per_address: int = field(
        default=2400, metadata={"says": "of them from one address, which a whole class may have; three quarters of all at the most", "shared": True}
    )
    headers: int = field(default=32_768, metadata={"says": "bytes in the address and the headers of a request"})
    header_seconds: int = field(default=10, metadata={"says": "seconds in which they must arrive"})
    body: int = field(default=1_000_000, metadata={"says": "bytes in a request"})
    spec: int = field(default=6_000_000, metadata={"says": "bytes in the description of a session, its table included"})
    table: int = field(default=2_000_000, metadata={"says": "bytes in an uploaded table"})
    body_seconds: int = field(default=10, metadata={"says": "seconds in which a request's body must arrive"})
    sessions: int = field(default=300, metadata={"says": "sessions on the server", "shared": True})
    sessions_per_visitor: int = field(default=30, metadata={"says": "sessions of one visitor; the oldest idle one makes room"})
    memory: int = field(
        default=4000,
        metadata={"says": "megabytes that all sessions of the server may come to take: networks, batches, examples and snapshots", "shared": True},
    )
    streams: int = field(default=16, metadata={"says": "streams and event listeners of one session"})
    waiting: int = field(default=64, metadata={"says": "requests that wait for one session"})
    idle_minutes: int = field(
        default=60,
        metadata={"says": "minutes after which a session that nobody uses leaves memory; where sessions are kept, it comes back when it is asked for"},
    )
    kept_hours: int = field(
        default=24, metadata={"says": "hours for which a session that nobody uses is kept on disk, and a sweep that nobody looks at in memory"}
    )
    kept: int = field(
        default=2 * 2**30, metadata={"says": "bytes of sessions kept on disk; the one out of memory that was not used for longest makes room", "shared": True}
    )
    unheard_seconds: int = field(default=60, metadata={"says": "seconds for which a run goes on without a listener"})
    trial_updates: int = field(default=1000, metadata={"says": "updates in a trial of the laboratory"})
    treatments: int = field(default=12, metadata={"says": "trials in one call of the laboratory"})
    trials: int = field(default=64, metadata={"says": "trials of all visitors that the laboratory has under way or waiting", "shared": True})
    cells: int = field(default=500, metadata={"says": "cells in a sweep"})
    sweeps: int = field(default=4, metadata={"says": "sweeps kept for one visitor; the oldest that is over makes room"})
    sweeps_running: int = field(default=32, metadata={"says": "sweeps of all visitors under way", "shared": True})
    cells_in_all: int = field(
        default=10_000, metadata={"says": "cells in all sweeps that are under way or kept; the oldest that are over make room", "shared": True}
    )
    earlier: int = field(default=64, metadata={"says": "earlier answers sent with a prediction"})
    guesses: int = field(default=30, metadata={"says": "wrong words of a class, or of a roster, from one address in a minute", "shared": True})
    message: int = field(default=65_536, metadata={"says": "bytes in a WebSocket message"})

    def json(self, workers: int = 1) -> list[dict[str, object]]:
        """Name, number and sentence of each, of a server with so many workers."""
        part = f", in each of {workers} workers" if workers > 1 else ""
        return [
            {
                "name": each.name,
                "limit": (limit := getattr(self, each.name)),
                "says": f"at most {limit:,} {each.metadata['says']}{part if 'shared' in each.metadata else ''}",
            }
            for each in fields(self)
        ]

    def shared(self, count: int) -> "Limits":
        """One worker's limits: of what is bounded for the whole server, its part; but as many trials as one call may have, and as many cells as a sweep."""
        parts = {each.name: -(-getattr(self, each.name) // count) for each in fields(self) if "shared" in each.metadata}
        return replace(self, **{**parts, "trials": max(parts["trials"], self.treatments), "cells_in_all": max(parts["cells_in_all"], self.cells)})

    @classmethod
    def from_environment(cls, profile: str = "local") -> "Limits":
        """A profile's limits with what the environment overrides; raises ValueError naming the variable."""
        if profile not in PROFILES:
            raise ValueError(f"BACKPROP_LAB_PROFILE takes {' or '.join(PROFILES)}, and {profile[:40]!r} came.")
        found = dict(PROFILES[profile])
        for each in fields(cls):
            name = f"BACKPROP_LAB_{each.name.upper()}"
            if name in os.environ:
                if not os.environ[name].isdecimal():
                    raise ValueError(f"{name} takes a whole number, and {os.environ[name][:40]!r} came.")
                found[each.name] = int(os.environ[name])
        return cls(**found)


PROFILES: dict[str, dict[str, int]] = {
    "local": {},
    "classroom": {
        "parameters": 50_000, "values": 1_000_000, "update_milliseconds": 25, "record_milliseconds": 200,
        "batch": 512, "snapshots": 4 * 2**20, "branches": 4, "sessions_per_visitor": 10,
        "streams": 4, "waiting": 16, "idle_minutes": 15, "trials": 16, "cells": 100, "sweeps": 1, "memory": 1500,
    },
}  # fmt: skip
"""What a profile changes: in a classroom many small networks share one machine, and none may take long for one update."""


@dataclass(frozen=True)
class Settings:
    """How this server was started."""

    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = field(default_factory=Limits)
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
    allowed: tuple[str, ...] = ()
    open: bool = False
    metrics: bool = False
    processes: int = field(default_factory=lambda: min(4, os.cpu_count() or 1))
    dask: str | None = None
    class_word: str | None = field(default=None, repr=False)
    roster: tuple[Learner, ...] = field(default=(), repr=False)
    log: str | None = None
    workers: int = 1

    def shared(self) -> "Settings":
        """The settings of one of its workers."""
        return replace(self, limits=self.limits.shared(self.workers), processes=max(1, self.processes // self.workers))

    def allows(self, host: str) -> bool:
        """Whether a Host is one of the names that were allowed, with any port where none was said."""
        return any(re.fullmatch(rf"{re.escape(name)}{'' if ':' in name else ANY_PORT}", host.lower(), re.ASCII) for name in self.allowed)

    @property
    def door(self) -> bool:
        """Whether who comes is asked for a word."""
        return self.class_word is not None or bool(self.roster)


ANY_PORT = r"(:\d{1,5})?"
HOST_NAME = re.compile(rf"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*{ANY_PORT}", re.ASCII)
ROOT = Path(__file__).resolve().parent.parent


def class_word(option: str | None = None, file: str | None = None) -> str | None:
    """The word without which nobody comes in, from an option, a file or the environment; raises ValueError in words.

    The variables are taken out of the environment, so that no process that is started from here has them.
    """
    named = {"--class-token": option, "--class-token-file": file}
    if option is None and file is None:
        named = {name: os.environ.pop(name, None) for name in ("BACKPROP_LAB_CLASS_TOKEN", "BACKPROP_LAB_CLASS_TOKEN_FILE")}
    given = {name: value for name, value in named.items() if value is not None}
    if not given:
        return None
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} both say the class word; give one of them.")
    ((name, value),) = given.items()
    try:
        word = Path(value).read_text("utf-8").strip() if "file" in name.lower() else value.strip()
    except (OSError, ValueError) as error:
        raise ValueError(f"The file that {name} names cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}.") from error
    if not proper(word):
        raise ValueError(f"A class word has {SHORTEST} to {LONGEST} letters, digits or signs on one line, and {name} has not.")
    return word


def roster(option: str | None, word: str | None) -> tuple[Learner, ...]:
    """The class by name, from the file that an option or the environment names; raises ValueError in words. A class has one of a word and a roster."""
    file = option if option is not None else os.environ.get("BACKPROP_LAB_ROSTER")
    if file is None:
        return ()
    if word:
        raise ValueError("A class has one word for all (--class-token) or a roster with a word for each (--roster), and both came; give one of them.")
    return read(Path(file))


def allowed_hosts(options: Sequence[str] | None = None) -> tuple[str, ...]:
    """Further names that the server goes by, from the options or from BACKPROP_LAB_ALLOW_HOST with commas between them; raises ValueError in words."""
    given = options or os.environ.get("BACKPROP_LAB_ALLOW_HOST", "").split(",")
    names = tuple(name.strip().lower() for name in given if name.strip())
    for name in names:
        if not HOST_NAME.fullmatch(name):
            raise ValueError(f"--allow-host (BACKPROP_LAB_ALLOW_HOST) takes a name such as lab.school.example, with or without :port, and {name[:60]!r} came.")
    return names


def cache_folder() -> Path:
    """Where made files (fonts, compressed scripts) are kept: BACKPROP_LAB_CACHE, or .cache beside the code."""
    return Path(os.environ.get("BACKPROP_LAB_CACHE", ROOT / ".cache"))


def data_chosen(option: str | None = None) -> str | None:
    """The place for sessions that somebody asked for, by the option or by BACKPROP_LAB_DATA."""
    return option or os.environ.get("BACKPROP_LAB_DATA")


def data_folder(chosen: str | None = None) -> Path | None:
    """Where sessions are kept: what was chosen, or BACKPROP_LAB_DATA, or where this system keeps a user's data; `none` is nowhere."""
    if chosen := data_chosen(chosen):
        return None if chosen == "none" else Path(chosen).absolute()
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Backprop Lab"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "Backprop Lab"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share")) / "backprop-lab"
