"""Copy memory."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, RowCount, TestShare, at_steps
from engine.streams import stream


class CopyMemory(Dataset):
    """Remember a few symbols over a long wait and say them again at the signal (Hochreiter and Schmidhuber 1997; Arjovsky et al. 2016).

    The symbols come first, then nothing until the signal, from which on they are to be said; at every step before it the right answer is nothing.
    """

    title: ClassVar[str] = "copy memory"
    kind: Literal["copy_memory"] = "copy_memory"
    rows: RowCount = 400
    symbols: Int = Field(default=3, ge=2, le=8, description="How many different symbols there are")
    length: Int = Field(default=2, ge=1, le=8, description="How many of them are to be remembered")
    delay: Int = Field(default=8, ge=1, le=64, description="Over how many steps")
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        steps, nothing, signal = 2 * self.length + self.delay, self.symbols, self.symbols + 1
        given = stream(seed, "copy memory").integers(0, self.symbols, (self.rows, self.length))
        read, said = np.full((2, self.rows, steps), nothing)
        read[:, : self.length] = said[:, -self.length :] = given
        read[:, -self.length - 1] = signal
        names = tuple("abcdefgh"[: self.symbols])
        return Examples(
            "classes",
            np.eye(signal + 1)[read].reshape(self.rows, -1),
            np.eye(nothing + 1)[said].reshape(self.rows, -1),
            at_steps(steps, (*names, "nothing", "signal")),
            (*names, "nothing"),
            shape=(steps, signal + 1),
            target_shape=(steps, nothing + 1),
        )
