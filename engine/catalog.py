"""Every component in one list: what the forms, the API and the documentation are made from."""

from typing import Any

from engine.breakpoints import Breakpoint
from engine.bugs import Bug
from engine.clips import Clip
from engine.component import Component, kinds
from engine.datasets import Dataset
from engine.features import Feature
from engine.gradients import Gradient
from engine.initializers import Initializer
from engine.layers import Layer
from engine.losses import Loss
from engine.optimizers import Optimizer
from engine.remedies import Remedy
from engine.schedules import Schedule
from engine.tasks import Task

FAMILIES: tuple[type[Component], ...] = (Dataset, Feature, Layer, Initializer, Loss, Optimizer, Schedule, Clip, Gradient, Breakpoint, Bug, Task, Remedy)


def catalog() -> list[dict[str, Any]]:
    """One entry a component: family, kind, title, description, JSON Schema and defaults; those that stand open come first."""
    return [{**component.entry(), **_extras(component)} for family in FAMILIES for component in kinds(family)]


def _extras(component: type[Component]) -> dict[str, Any]:
    if issubclass(component, Loss):
        return {"tasks": list(component.tasks), "output": component.output}
    if issubclass(component, Bug):
        return {"does": component.does}
    if issubclass(component, Remedy):
        return {"nets": list(component.nets), "against": component.against}
    if issubclass(component, Dataset):
        drawn = component.model_validate({}).draw(7)
        outputs = drawn.target_shape or (drawn.targets.shape[1],)
        extras: dict[str, Any] = {"task": drawn.task, "columns": drawn.inputs.shape[1], "outputs": outputs[-1], "sequence": bool(drawn.shape)}
        extras["asked"] = "each step" if len(outputs) > 1 else "once"
        if drawn.inputs.shape[1] == 2 and drawn.task == "binary":
            step = max(1, len(drawn.inputs) // 60)
            shown = zip(drawn.inputs[::step], drawn.targets[::step, 0], strict=True)
            extras["thumbnail"] = [[round(float(x[0]), 3), round(float(x[1]), 3), int(t)] for x, t in shown]
        return extras
    return {}
