"""One trial: a net, treated or not, trained for a number of updates and measured at updates that lie evenly on a log axis."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from engine.history import scores
from engine.laboratory.pathology import Pathology
from engine.laboratory.places import Band, Spread, gradients, lengths, units
from engine.plain import finite
from engine.position import Position
from engine.remedies import Remedy
from engine.session import Session

MOMENTS = 33
"""Updates measured in a trial, at most."""
LIMITS = {"layers": 256, "snapshots": 1}
"""A trial may be deeper than what the page draws, and goes back nowhere."""


@dataclass(frozen=True)
class Moment:
    """What was measured after an update; a loss that is not known is None."""

    update: int
    train_loss: float | None
    test_loss: float | None
    accuracy: float | None
    gradients: tuple[Band, ...]
    spreads: tuple[Spread, ...]
    marks: tuple[str, ...]
    length: float
    applied: float


@dataclass(frozen=True)
class Outcome:
    """A trial's result: plain numbers, the same for the same case, remedies and updates. The first moment is before any update and has no gradients."""

    remedies: tuple[str, ...]
    clips: bool
    parameters: int
    places: tuple[str, ...]
    rows: tuple[str, ...]
    moments: tuple[Moment, ...]
    stopped: str | None

    @property
    def first(self) -> float | None:
        """The median |gradient| of the place nearest to the input, after the last update that was measured."""
        return self.moments[-1].gradients[0][1] if self.moments[-1].gradients else None

    @property
    def last(self) -> float | None:
        """The median |gradient| of the place nearest to the loss."""
        return self.moments[-1].gradients[-1][1] if self.moments[-1].gradients else None

    def summary(self) -> dict[str, Any]:
        """The numbers that a table shows; null is not known."""
        end, begun = self.moments[-1], next((each.gradients[0][1] for each in self.moments if each.gradients), None)
        marks = "".join(end.marks)
        return {
            "updates": end.update,
            "loss": end.train_loss,
            "test_loss": end.test_loss,
            "accuracy": end.accuracy,
            "first_at_start": begun,
            "first": self.first,
            "last": self.last,
            "dead": marks.count("d"),
            "saturated": marks.count("s"),
            "units": len(marks),
            "parameters": self.parameters,
            "stopped": self.stopped,
        }

    def json(self) -> dict[str, Any]:
        """Everything, in the form in which it travels: not a number and infinity are null."""
        found: dict[str, Any] = finite({**asdict(self), "summary": self.summary()})
        return found


def trial(pathology: Pathology, remedies: tuple[Remedy, ...], updates: int, at: tuple[int, ...] = ()) -> Outcome:
    """Train the net for so many updates and measure it before the first and `at` some of them: without any named, evenly on a log axis.

    A net whose numbers are not finite any more stops there, and says so. Raises SpecError or TooLarge where it cannot be built.
    """
    session = Session(pathology.treated(remedies), LIMITS)
    moments = [_measured(session)]
    for update in sorted(set(at)) or measured_at(updates):
        session.run(Position(update, 0), tap=())
        if session.position != (update, 0) or session.diverged:
            break
        moments.append(_measured(session))
    fault = session.timeline.fault
    stopped = f"Update {fault.position.update + 1}: {fault.sentence}" if fault else None
    return Outcome(
        remedies=tuple(each.kind for each in remedies),
        clips=session.settings.clip is not None,
        parameters=session.parameter_count,
        places=tuple(gradients(session)),
        rows=tuple(place for place, _, _ in units(session, pathology.examples)),
        moments=tuple(moments),
        stopped=stopped,
    )


def measured_at(updates: int) -> list[int]:
    """The updates after which a trial of this length is measured: evenly apart on a log axis, the first and the last among them."""
    return sorted({round(each) for each in np.geomspace(1, updates, MOMENTS - 1).tolist()})


def _measured(session: Session) -> Moment:
    known = scores(session)
    begun = session.position.update > 0
    found = list(units(session, Pathology.examples))
    length, applied = lengths(session)
    return Moment(
        update=session.position.update,
        train_loss=known["train_loss"],
        test_loss=known["test_loss"],
        accuracy=known["train_accuracy"],
        gradients=tuple(gradients(session).values()) if begun else (),
        spreads=tuple(spread for _, spread, _ in found),
        marks=tuple(marks for _, _, marks in found),
        length=length,
        applied=applied,
    )
