"""What a session remembers, in a form that can be written down: branches with their snapshots, changes by hand, curves and names."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.branches import Branches
from engine.divergence import Fault
from engine.formula.calls import Array
from engine.history import SCORES, History
from engine.log import Command, Log
from engine.position import Position
from engine.settings import Settings
from engine.snapshots import Snapshot, Snapshots
from engine.spec import SessionSpec
from engine.timeline import Timeline

if TYPE_CHECKING:
    from engine.session import Session

BEGINNING = Position(0, 0)
BAND = 3
"""Percentiles that a curve keeps of each layer's gradient."""


class Memory:
    """Arrays, snapshots and settings by number, each of them once, however many remember it."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.arrays: list[Array] = []
        self.marks: list[Snapshot] = []
        self.settings: list[Settings] = []
        self._numbers: dict[int, int] = {}
        self._said: list[dict[str, Any]] = []
        self._known: dict[str, int] = {}
        self._met: dict[int, tuple[Settings, int]] = {}

    def array(self, array: Array) -> int:
        """The number of an array."""
        self.arrays.append(array)
        return len(self.arrays) - 1

    def mark(self, snapshot: Snapshot) -> int:
        """The number of a snapshot."""
        if id(snapshot) not in self._numbers:
            self._numbers[id(snapshot)] = len(self.marks)
            self.marks.append(snapshot)
            settings, damaged, computed_with = snapshot.settings
            assert isinstance(settings, Settings) and isinstance(computed_with, Settings)
            told = {"position": snapshot.position, "settings": self.setting(settings), "damaged": bool(damaged), "computed_with": self.setting(computed_with)}
            self._said.append({**told, "arrays": [self.array(each) for each in snapshot.arrays]})
        return self._numbers[id(snapshot)]

    def setting(self, settings: Settings) -> int:
        """The number of some settings."""
        if id(settings) not in self._met:
            text = json.dumps(settings.json())
            if text not in self._known:
                self._known[text] = len(self.settings)
                self.settings.append(settings)
            self._met[id(settings)] = settings, self._known[text]
        return self._met[id(settings)][1]

    def json(self) -> dict[str, Any]:
        """What the numbers stand for, but for the arrays."""
        return {"marks": self._said, "settings": [each.json() for each in self.settings]}

    @classmethod
    def of(cls, header: dict[str, Any], arrays: Sequence[Array]) -> "Memory":
        """What `json` told, with the arrays."""
        made = cls(0)
        made.arrays = list(arrays)
        made.settings = [Settings.of(SessionSpec.model_validate(each)) for each in header["settings"]]
        for told in header["marks"]:
            settings = (made.settings[told["settings"]], told["damaged"], made.settings[told["computed_with"]])
            made.marks.append(Snapshot(Position(*told["position"]), tuple(made.arrays[each] for each in told["arrays"]), settings))
        return made


def remember(session: "Session", memory: Memory) -> dict[str, Any]:
    """The branches, and how an update was laid out under each of the settings that were ever in force."""
    branches = session.branches
    told = [_timeline(each, memory, memory.room // len(branches)) for each in branches]
    layouts = [[number, session.layouts[each.structure()]] for number, each in enumerate(memory.settings) if each.structure() in session.layouts]
    known = {"current": branches.current.number, "next": branches._next, "version": branches.version, "news": branches.news}
    return {"branches": {**known, "all": told}, "layouts": layouts}


def retell(session: "Session", header: dict[str, Any], memory: Memory, here: Position, *, exact: bool) -> None:
    """Put the branches of a header in the place of a new session's own; where replays would not be exact, each goes only as far as its last snapshot."""
    for number, layout in header["layouts"]:
        session.layouts[memory.settings[number].structure()] = [(phase, layer) for phase, layer in layout]
    start = session.snapshots.at(BEGINNING)
    assert start is not None
    told, limits = header["branches"], session.limits
    made = [_told_timeline(session, each, memory, start) for each in told["all"]]
    session.branches = Branches(made[0], limits["branches"], limits["snapshots"])
    session.branches._all = {each.number: each for each in made}
    session.branches._next, session.branches.news = told["next"], told["news"]
    session.branches.current = session.branches.get(told["current"])
    if not exact:
        for each in made:
            _cut(each, here if each is session.timeline else None)
    session.branches._share()
    session.branches.version = told["version"] + 1


def _timeline(timeline: Timeline, memory: Memory, room: int) -> dict[str, Any]:
    kept = list(timeline.snapshots)
    anew = kept[0].position == BEGINNING and not any(each.position == BEGINNING for each in timeline.log.commands)
    return {
        "number": timeline.number,
        "name": timeline.name,
        "named": timeline.named,
        "parent": timeline.parent,
        "lineage": list(timeline.lineage.items()),
        "forked": timeline.forked,
        "end": timeline.end,
        "here": timeline.here,
        "first": memory.setting(timeline.first),
        "fault": _fault(timeline.fault),
        "stride": timeline.snapshots.stride,
        "anew": anew,
        "marks": [memory.mark(each) for each in ([] if anew else kept[:1]) + _spread(kept[1:], room)],
        "log": [_command(each, memory) for each in timeline.log.commands],
        "curves": _curves(timeline.history, memory),
    }


def _told_timeline(session: "Session", told: dict[str, Any], memory: Memory, start: Snapshot) -> Timeline:
    room = session.limits["snapshots"]
    snapshots, log, history = Snapshots(room), Log(session.limits["commands"], room), History(session)
    snapshots.stride = told["stride"]
    for each in [*([start] if told["anew"] else []), *(memory.marks[number] for number in told["marks"])]:
        snapshots.add(each)
    log.commands = [_told_command(each, memory) for each in told["log"]]
    _told_curves(history, told["curves"], memory)
    made = Timeline(told["number"], snapshots, history, log, memory.settings[told["first"]])
    made.name, made.named, made.parent = told["name"], told["named"], told["parent"]
    made.lineage = {number: Position(*until) for number, until in told["lineage"]}
    made.forked, made.end, made.here = (Position(*told[name]) for name in ("forked", "end", "here"))
    made.fault = _told_fault(told["fault"])
    return made


def _cut(timeline: Timeline, here: Position | None) -> None:
    """Leave of a course what can be shown without running: its last snapshot, or the place that the session is at."""
    last = here or list(timeline.snapshots)[-1].position
    if here:
        timeline.snapshots._kept, timeline.snapshots._between, timeline.snapshots._bytes = [], [], 0
    else:
        timeline.snapshots.forget_before(last)
    timeline.end = timeline.here = last
    timeline.history.forget_after(last.update)
    timeline.fault = timeline.fault if timeline.fault and timeline.fault.position <= last else None


def _spread(kept: Sequence[Snapshot], room: int) -> list[Snapshot]:
    """As many snapshots as have room, evenly, with the last of them."""
    count = max(1, min(len(kept), room // max(max((each.nbytes for each in kept), default=1), 1)))
    return [kept[-1 - round(place * (len(kept) - 1) / max(count - 1, 1))] for place in reversed(range(count))] if kept else []


def _command(command: Command, memory: Memory) -> dict[str, Any]:
    edits = {name: memory.array(values) for name, values in command.edits.items()}
    return {"position": command.position, "before": memory.setting(command.before), "settings": memory.setting(command.settings), "edits": edits}


def _told_command(told: dict[str, Any], memory: Memory) -> Command:
    edits = {name: memory.arrays[number] for name, number in told["edits"].items()}
    return Command(Position(*told["position"]), memory.settings[told["before"]], memory.settings[told["settings"]], edits)


def _curves(history: History, memory: Memory) -> dict[str, Any]:
    """The points as one array, a row each, in which NaN is what has no number: exact, and a tenth of the text."""
    layers = list(dict.fromkeys(name for point in history.points for name in point["layers"]))
    players = list(dict.fromkeys(name for point in history.points for name in point["losses"]))
    nothing = (None,) * BAND
    rows = [
        [
            *(point["update"], *(point[name] for name in SCORES), *(value for layer in layers for value in point["layers"].get(layer, nothing))),
            *(point["losses"].get(name) for name in players),
        ]
        for point in history.points
    ]
    return {"stride": history.stride, "layers": layers, "players": players, "points": memory.array(np.array(rows, np.float64))}


def _told_curves(history: History, told: dict[str, Any], memory: Memory) -> None:
    history.stride = told["stride"]
    for row in memory.arrays[told["points"]].tolist():
        values = [None if value != value else value for value in row[1:]]
        bands = {layer: tuple(values[len(SCORES) + BAND * i : len(SCORES) + BAND * (i + 1)]) for i, layer in enumerate(told["layers"])}
        known = {layer: band for layer, band in bands.items() if any(value is not None for value in band)}
        players = told.get("players", [])
        losses = dict(zip(players, values[len(SCORES) + BAND * len(bands) :], strict=True)) if row[0] else {}
        history.points.append({"update": int(row[0]), **dict(zip(SCORES, values, strict=False)), "losses": losses, "layers": known})


def _fault(fault: Fault | None) -> dict[str, Any] | None:
    """A fault in JSON, whose numbers may be infinite: they stand as text."""
    if fault is None:
        return None
    return {**{each.name: getattr(fault, each.name) for each in fields(fault)}, "value": repr(float(fault.value)), "weight": repr(float(fault.weight))}


def _told_fault(told: dict[str, Any] | None) -> Fault | None:
    if told is None:
        return None
    made = Fault(**{**told, "value": float(told["value"]), "weight": float(told["weight"])})
    return replace(made, position=Position(*told["position"]), inputs=tuple(told["inputs"]))
