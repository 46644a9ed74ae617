"""The loss rises."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from engine.breakpoints import Breakpoint, Finding, Findings
from engine.component import Int, Real
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session


class LossRises(Breakpoint):
    """The mean loss of the last updates is so much above that of as many before. Costs a few microseconds an update."""

    title: ClassVar[str] = "the loss rises"
    prominent: ClassVar[bool] = True
    kind: Literal["loss_rises"] = "loss_rises"
    share: Real = Field(default=0.5, gt=0, le=1000, description="By how much, as a share: 0.5 is half as much again")
    updates: Int = Field(default=10, ge=1, le=1000, description="Over how many updates the mean is taken")

    def watch(self, session: "Session") -> Callable[[], Findings]:
        losses: deque[float] = deque(maxlen=2 * self.updates)

        def look() -> Findings:
            losses.append(float(session.program.loss_value))
            if len(losses) < 2 * self.updates:
                return {}
            known = list(losses)
            before, after = (sum(half) / self.updates for half in (known[: self.updates], known[self.updates :]))
            if not after > (1 + self.share) * before:
                return {}
            last = "the last update" if self.updates == 1 else f"the last {self.updates} updates"
            return {"loss": Finding(f"The loss rises: its mean over {last} is {figure(after)}, and {figure(before)} over as many before.")}

        return look
