"""What can be changed while a session runs, and the checks of such a change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import ValidationError

from engine.arena import Arena
from engine.clips import AnyClip
from engine.errors import SpecError, UnknownName
from engine.optimizers import AnyOptimizer
from engine.spec import SessionSpec

NAMES = ("optimizer", "learning_rate", "clip", "l1", "l2")


@dataclass(frozen=True)
class Settings:
    """The part of a spec that does not need a new network."""

    optimizer: AnyOptimizer
    clip: AnyClip | None
    l1: float
    l2: float

    @classmethod
    def of(cls, spec: SessionSpec) -> "Settings":
        return cls(spec.optimizer, spec.clip, spec.l1, spec.l2)

    def apply(self, spec: SessionSpec) -> SessionSpec:
        """The spec with these settings."""
        return spec.model_copy(update={"optimizer": self.optimizer, "clip": self.clip, "l1": self.l1, "l2": self.l2})

    def structure(self) -> tuple[object, ...]:
        """What decides the list of instructions: where it is equal, numbers can change in place."""
        return (self.optimizer.kind, self.clip, self.l1, self.l2)


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings after a change; raises SpecError naming the field."""
    for name in changes:
        if name not in NAMES:
            raise SpecError(name, f"{name} cannot be changed while a session runs; what can: {', '.join(NAMES)}")
    base = settings.apply(SessionSpec()).model_dump(mode="json", include={"optimizer", "clip", "l1", "l2"})
    base.update({name: value for name, value in changes.items() if name != "learning_rate"})
    if "learning_rate" in changes:
        base["optimizer"] = {**base["optimizer"], "learning_rate": changes["learning_rate"]}
    try:
        spec = SessionSpec.model_validate(base)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise SpecError(".".join(map(str, first["loc"])), first["msg"]) from None
    return replace(settings, optimizer=spec.optimizer, clip=spec.clip, l1=spec.l1, l2=spec.l2)


def edited(parameters: Arena[str], changes: Mapping[str, Any]) -> None:
    """Write hand-made values into parameters, all of them or, where one is refused, none."""
    ready: list[tuple[np.ndarray[Any, Any], Any, Any]] = []
    for name, value in changes.items():
        base, index = locate(parameters, name)
        try:
            values = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise SpecError(name, f"{name} takes numbers, in rows of one length") from None
        place = base[index]
        if values.shape != np.shape(place):
            raise SpecError(name, f"{name} has shape {list(np.shape(place))}, and values of shape {list(values.shape)} came")
        if not np.isfinite(values).all():
            raise SpecError(name, f"{name} takes finite numbers only")
        ready.append((base, index, values))
    for base, index, values in ready:
        base[index] = values


def locate(arena: Arena[str], name: str) -> tuple[np.ndarray[Any, Any], tuple[int, ...]]:
    """The array and the index that a name such as `2.W` or `2.W[2,3]` means."""
    match = re.fullmatch(r"(\d{1,4}\.\w{1,20})(?:\[(\d{1,6}(?:,\d{1,6})*)\])?", name)
    if not match or match[1] not in arena.views:
        raise UnknownName("parameter", name[:40], list(arena.views))
    base = arena.views[match[1]]
    index = tuple(map(int, match[2].split(","))) if match[2] else ()
    if index and (len(index) != base.ndim or any(i >= n for i, n in zip(index, base.shape, strict=True))):
        raise UnknownName("number", name[:40], f"{match[1]} of shape {list(base.shape)}, counted from 0")
    return base, index
