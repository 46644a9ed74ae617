"""A sweep: the same trial at every depth, activation, initialiser and remedy of a grid. Every cell is a trial of its own, whoever runs it and wherever."""

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from engine.component import Described, Int
from engine.errors import EngineError, TooLarge
from engine.initializers import AnyInitializer
from engine.laboratory.pathology import ActivationKind, Depth, Pathology
from engine.laboratory.trial import trial
from engine.remedies import AnyRemedy, Remedy

Side = Field(min_length=1, max_length=50)
RECURRENT = "tanh"
"""The activation of every simple recurrent layer."""


@dataclass(frozen=True)
class Cell:
    """One trial of a sweep: which remedy (None is none), for how many updates; it can be sent to another process."""

    pathology: Pathology
    remedy: Remedy | None
    updates: int

    def names(self) -> dict[str, Any]:
        """Where the cell stands in the grid."""
        activation = RECURRENT if self.pathology.net == "recurrent" else self.pathology.activation
        remedy = self.remedy.kind if self.remedy else None
        return {"depth": self.pathology.depth, "activation": activation, "initializer": self.pathology.initializer.kind, "remedy": remedy}


class Sweep(Described):
    """A grid over depth, activation, initialiser and remedy; everything else is the base's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "depths": [5, 10, 20, 30],
                    "activations": ["sigmoid", "tanh", "relu"],
                    "initializers": [{"kind": "xavier_uniform"}, {"kind": "he_normal"}],
                    "remedies": [None, {"kind": "initialization"}],
                    "updates": 100,
                }
            ]
        }
    )
    base: Pathology = Field(default=Pathology(), description="The net of which depth, activation, initialiser and remedy are varied")
    depths: Annotated[tuple[Depth, ...], Side] = Field(default=(5, 10, 20, 30), description="Layers of weights, or moments of the sequence")
    activations: Annotated[tuple[ActivationKind, ...], Side] = Field(default=("sigmoid", "tanh", "relu"), description="Of a recurrent net always tanh")
    initializers: Annotated[tuple[AnyInitializer, ...], Side] = Field(default=(Pathology().initializer,), description="How the weights begin")
    remedies: Annotated[tuple[AnyRemedy | None, ...], Side] = Field(default=(None,), description="One remedy each; null is the untreated net")
    updates: Int = Field(default=100, ge=1, le=10_000, description="Updates of each trial")

    def cells(self, most: int) -> tuple[Cell, ...]:
        """Every cell once, in the order of the grid; raises TooLarge where there are more than `most`."""
        activations = (RECURRENT,) if self.base.net == "recurrent" else tuple(dict.fromkeys(self.activations))
        axes = (dict.fromkeys(self.depths), activations, dict.fromkeys(self.initializers), dict.fromkeys(self.remedies))
        if (count := prod(map(len, axes))) > most:
            raise TooLarge("The number of cells in the sweep", count, most, "leave out depths, activations, initialisers or remedies")
        made = []
        for depth, activation, initializer, remedy in product(*axes):
            changes = {"depth": depth, "activation": activation, "initializer": initializer}
            made.append(Cell(self.base.model_copy(update=changes), remedy, self.updates))
        return tuple(made)


def measured(cell: Cell) -> dict[str, Any]:
    """One line of the sweep's table: the cell's names and the trial's summary, or why the net cannot be built."""
    try:
        outcome = trial(cell.pathology, (cell.remedy,) if cell.remedy else (), cell.updates, at=(1, cell.updates))
    except EngineError as error:
        return {**cell.names(), "refused": str(error)}
    return {**cell.names(), **outcome.json()["summary"], "refused": None}
