"""What every script has."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from engine.session import Session


class Script(ABC):
    """A script of one session. `name` is its file; `loads` is the export that it reads (`update`, from `update.npz`), or None where it reads none."""

    name: ClassVar[str]
    loads: str | None = None

    def __init__(self, session: "Session") -> None:
        self.session = session

    @abstractmethod
    def lines(self) -> Iterable[str]:
        """The script, line by line."""

    @cached_property
    def text(self) -> str:
        """The whole script."""
        return "\n".join(self.lines()) + "\n"

    @property
    def network(self) -> str:
        """The data and the sizes of the network in a few words, such as moons, 2-4-1."""
        return f"{self.session.spec.data.kind.replace('_', ' ')}, {'-'.join(str(column.units) for column in self.session.symbols.columns)}"
