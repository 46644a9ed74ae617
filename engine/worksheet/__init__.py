"""A worksheet: one example worked through one update with a pencil, with blanks for what is to be worked out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import SpecError
from engine.sentences import label
from engine.worksheet.drawing import drawing
from engine.worksheet.fit import fits
from engine.worksheet.parts import Numbers, formula
from engine.worksheet.sheet import Sheet

if TYPE_CHECKING:
    from engine.session import Session

BLANKS = {"z": "weighted sums z", "a": "activations", "loss": "the loss", "delta": "δ and what arrives", "gradients": "gradients", "weights": "new weights"}
"""What can be left blank, and what it is called."""
Density = Literal["all", "some", "none"]


@dataclass(frozen=True)
class Choices:
    """What a teacher chooses: the kinds left blank, how many of each, the digits, and the example (the batch's first where None)."""

    blanks: tuple[str, ...] = ("z", "a", "loss", "delta", "gradients", "weights")
    density: Density = "all"
    digits: int = 4
    seed: int | None = None
    example: int | None = None


def worksheet(session: "Session", choices: Choices) -> dict[str, Any]:
    """The whole sheet as JSON; raises TooLarge or SpecError where the network does not fit on paper, OutOfReach where a number is not finite."""
    unknown = [name for name in choices.blanks if name not in BLANKS]
    if unknown:
        raise SpecError("blanks", f"{unknown[0]} is nothing that can be left blank; what can: {', '.join(BLANKS)}")
    fits(session)
    numbers = Numbers(choices.digits, choices.blanks, choices.density, session.spec.seed if choices.seed is None else choices.seed)
    sheet = Sheet(session, choices.example, numbers)
    sections = sheet.sections()
    names = session.data.feature_names
    return {
        "network": f"{session.spec.data.kind.replace('_', ' ')}, {'-'.join(str(column.units) for column in session.symbols.columns)}",
        "facts": _facts(session, sheet),
        "names": [{**formula(session.symbols.math(0, unit)), "name": name} for unit, name in enumerate(names) if not name.startswith("x")],
        "rounding": f"Numbers are rounded to {choices.digits} significant digits. The key has the true numbers, rounded: your last digit may be another.",
        "drawing": drawing(session, sheet.inputs(), sheet.targets(), numbers),
        "sections": sections,
        "blanks": sum(cell["blank"] for part in sections for table in part["tables"] for row in table["rows"] for cell in row["cells"]),
    }


def _facts(session: "Session", sheet: Sheet) -> list[dict[str, str]]:
    """What the sheet is of, in a line."""
    targets, classes = sheet.targets(), session.data.class_names
    found = {"update": f"{sheet.told.number:,}", "example": str(sheet.followed.example)}
    if classes and session.data.task == "binary":
        found["true class"] = classes[int(max(targets) > 0.5)]
    elif classes and session.data.task == "classes":
        found["true class"] = classes[targets.index(max(targets))]
    found["loss"] = label(sheet.told, None)
    found["optimiser"] = type(sheet.told.settings.optimizer).title
    return [{"name": name, "value": value} for name, value in found.items()]
