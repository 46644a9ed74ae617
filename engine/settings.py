"""What can be changed while a session runs, and the checks of such a change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from pydantic import ValidationError

from engine.arena import Arena
from engine.bugs import AnyBug
from engine.clips import AnyClip
from engine.component import Component
from engine.errors import SpecError, UnknownName
from engine.formula.calls import Array
from engine.gradients import AnyGradient
from engine.optimizers import AnyOptimizer
from engine.spec import SessionSpec

NAMES = ("optimizer", "learning_rate", "clip", "l1", "l2", "gradient", "bug")
WORDS = {"learning_rate": "rate", "l1": "L1", "l2": "L2"}
"""What a field is called in a sentence, where its own name will not do."""


@dataclass(frozen=True)
class Settings:
    """The part of a spec that does not need a new network."""

    optimizer: AnyOptimizer
    clip: AnyClip | None
    l1: float
    l2: float
    gradient: AnyGradient
    bug: AnyBug | None

    @classmethod
    def of(cls, spec: SessionSpec) -> "Settings":
        return cls(**{field.name: getattr(spec, field.name) for field in fields(cls)})

    def apply(self, spec: SessionSpec) -> SessionSpec:
        """The spec with these settings."""
        return spec.model_copy(update=vars(self))

    def structure(self) -> tuple[object, ...]:
        """What decides the list of instructions: where it is equal, numbers can change in place."""
        return (self.optimizer.kind, self.clip, self.l1, self.l2, self.gradient, self.bug)

    def json(self) -> dict[str, Any]:
        """The fields as they stand in a spec."""
        return {name: value.model_dump(mode="json") if isinstance(value, Component) else value for name, value in vars(self).items()}


def differences(before: Settings, after: Settings) -> list[str]:
    """What the one has instead of the other, a few words each."""
    found: list[str] = []
    for field in fields(Settings):
        found += _difference(field.name, getattr(before, field.name), getattr(after, field.name))
    return found


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings after a change; raises SpecError naming the field."""
    for name in changes:
        if name not in NAMES:
            raise SpecError(name, f"{name} cannot be changed while a session runs; what can: {', '.join(NAMES)}")
    base = settings.apply(SessionSpec()).model_dump(mode="json", include={field.name for field in fields(Settings)})
    base.update({name: value for name, value in changes.items() if name != "learning_rate"})
    if "learning_rate" in changes:
        base["optimizer"] = {**base["optimizer"], "learning_rate": changes["learning_rate"]}
    try:
        spec = SessionSpec.model_validate(base)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise SpecError(".".join(map(str, first["loc"])), first["msg"]) from None
    return Settings.of(spec)


def checked(parameters: Arena[str], changes: Mapping[str, Any]) -> dict[str, Array]:
    """Hand-made values as arrays, by the names of what they replace; raises SpecError or UnknownName where one of them cannot be taken."""
    ready: dict[str, Array] = {}
    for name, value in changes.items():
        base, index = locate(parameters, name)
        try:
            if not _numbers_only(value):
                raise TypeError
            values = np.array(value, dtype=np.float64)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raise SpecError(name, f"{name} takes numbers, in rows of one length") from None
        place = base[index]
        if values.shape != np.shape(place):
            raise SpecError(name, f"{name} has shape {list(np.shape(place))}, and values of shape {list(values.shape)} came")
        if not (np.abs(values) <= np.finfo(base.dtype).max).all():
            raise SpecError(name, f"{name} takes finite numbers only, none larger than {base.dtype} can hold")
        ready[name] = values
    return ready


def _numbers_only(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_numbers_only, value))
    return isinstance(value, int | float | np.ndarray) and not isinstance(value, bool)


def write(parameters: Arena[str], edits: Mapping[str, Array]) -> None:
    """Put checked values into the parameters."""
    for name, values in edits.items():
        base, index = locate(parameters, name)
        base[index] = values


def pointed(arena: Arena[str], target: str) -> tuple[str, tuple[int, ...]]:
    """The parameter and the index that `parameter:2.W[2,3]` names; raises UnknownName for anything but one number of a parameter."""
    kind, _, name = target.partition(":")
    base, index = locate(arena, name if kind == "parameter" else target)
    if not index:
        raise UnknownName("target", target[:60], f"one number of it, such as {target}[{','.join('0' * base.ndim)}]")
    return name.split("[")[0], index


def locate(arena: Arena[str], name: str) -> tuple[np.ndarray[Any, Any], tuple[int, ...]]:
    """The array and the index that a name such as `2.W` or `2.W[2,3]` means."""
    match = re.fullmatch(r"(\d{1,4}(?:\.\w{1,20}){1,6})(?:\[(\d{1,6}(?:,\d{1,6})*)\])?", name)
    if not match or match[1] not in arena.views:
        raise UnknownName("parameter", name[:40], list(arena.views))
    base = arena.views[match[1]]
    index = tuple(map(int, match[2].split(","))) if match[2] else ()
    if index and (len(index) != base.ndim or any(i >= n for i, n in zip(index, base.shape, strict=True))):
        raise UnknownName("number", name[:40], f"{match[1]} of shape {list(base.shape)}, counted from 0")
    return base, index


def _difference(name: str, before: Any, after: Any) -> list[str]:
    if before == after:
        return []
    word = WORDS.get(name, name.replace("_", " "))
    parts = [dict(part) if isinstance(part, Component) else {} for part in (before, after)]
    if not any(parts):
        return [f"{word} {_shown(after)} instead of {_shown(before)}"]
    found = []
    if parts[0].get("kind") != parts[1].get("kind"):
        found.append(f"{_shown(after, word)} instead of {_shown(before, word)}")
    for key in parts[1]:
        if key != "kind" and key in parts[0]:
            found += _difference(key, parts[0][key], parts[1][key])
    return found


def _shown(value: Any, name: str = "") -> str:
    if value is None:
        return f"no {name}".strip()
    if isinstance(value, Component):
        title = type(value).title or value.kind.replace("_", " ")
        return title if name in ("", "optimizer") else f"{name} {title}"
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:.4g}".replace("-", "−")
    return str(value)
