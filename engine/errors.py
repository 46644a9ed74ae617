"""What can go wrong in the engine, each in a sentence that tells the reader what to do.

EngineError
├── SpecError      a description that cannot be built: which field, what was expected, what came
├── TooLarge       a description beyond a stated limit
├── OutOfReach     a position that cannot be gone to from here
├── UnknownName    a parameter, node or component that this session does not have
├── Diverged       a number stopped being finite
├── TableError     a table of data that cannot be read: at which row and column
├── Unreadable     a saved session that this program cannot read
└── FormulaError   a formula outside the formula language
"""

from typing import Any


class EngineError(Exception):
    """Anything the engine refuses; the message is meant for the person who asked. It can be sent from one process to another."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, vars(self))


class SpecError(EngineError):
    """A part of the description that cannot be built."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooLarge(EngineError):
    """A description beyond a stated limit."""

    def __init__(self, what: str, value: int, limit: int, advice: str = "ask for less") -> None:
        super().__init__(f"{what} would be {value:,}, and the limit here is {limit:,}; {advice}")
        self.value = value
        self.limit = limit


class OutOfReach(EngineError):
    """A position that cannot be gone to from here."""


class UnknownName(EngineError):
    """A parameter, node or component that does not exist."""

    def __init__(self, what: str, name: object, known: object) -> None:
        names = ", ".join(map(str, known)) if isinstance(known, (list, tuple)) else str(known)
        super().__init__(f"there is no {what} called {name}; there is: {names}")


class Diverged(EngineError):
    """A run that cannot go on, because numbers are not finite or would not be."""


class TableError(EngineError):
    """A table of data that cannot be read as numbers."""

    def __init__(self, message: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.row = row
        self.column = column


class Unreadable(EngineError):
    """A saved session that this program cannot read: damaged, of another format, or of a program that is built otherwise."""


class FormulaError(EngineError):
    """A formula outside the formula language."""


def _again(kind: type[EngineError], arguments: tuple[Any, ...], fields: dict[str, Any]) -> EngineError:
    """The same error in another process: its sentence and its fields, without making the sentence anew."""
    made = kind.__new__(kind)
    made.args = arguments
    made.__dict__.update(fields)
    return made
