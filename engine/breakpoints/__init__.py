"""When a run is to stop by itself: questions that are asked after updates. Each stops it where its answer begins to be yes, and not where it already was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from engine.component import Component, discover, union

if TYPE_CHECKING:
    from engine.session import Session

WORK = 100_000
"""Parameters × examples up to which a pass over the data is made after each update."""


@dataclass(frozen=True)
class Finding:
    """What is the case, in a sentence; with what the page can pin for it, and the example it speaks of."""

    sentence: str
    target: str | None = None
    example: int | None = None


Findings = Mapping[str, Finding]
"""What is found, by a key for each thing that it is found of."""


class Breakpoint(Component):
    """A question about a session. What it reads of the present batch costs microseconds; a pass over the data is made less often where it is dear."""

    family: ClassVar[str] = "breakpoints"
    passes: ClassVar[bool] = False

    def check(self, session: "Session") -> None:
        """Whether it can be asked of this session; raises SpecError with the field where it cannot."""

    def found(self, session: "Session") -> Findings:
        """What is the case now. A run stops where a key is new."""
        raise NotImplementedError

    def watch(self, session: "Session") -> Callable[[], Findings]:
        """What is asked after each update, with a memory of its own where it needs one."""
        return lambda: self.found(session)

    def every(self, session: "Session") -> int:
        """It is asked once in so many updates."""
        return max(1, -(-session.parameter_count * session.data.rows // WORK)) if self.passes else 1


discover(__name__)

if TYPE_CHECKING:
    AnyBreakpoint = Breakpoint
else:
    AnyBreakpoint = union(Breakpoint)
