"""Sequences of tokens to be put into another order."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, RowCount, TestShare, at_steps
from engine.streams import stream

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Reversal(Dataset):
    """Say a word of random letters backwards, or its letters in order: at each place the answer is a letter that stands somewhere else.

    The columns are the letters' numbers from 0, for an embedding to look up.
    """

    title: ClassVar[str] = "words to reverse or sort"
    kind: Literal["reversal"] = "reversal"
    rows: RowCount = 400
    length: Int = Field(default=5, ge=2, le=32, description="Letters in a word")
    tokens: Int = Field(default=6, ge=2, le=26, description="How many different letters there are")
    order: Literal["reversed", "sorted"] = Field(default="reversed", description="What is to be said")
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        read = stream(seed, "reversal").integers(0, self.tokens, (self.rows, self.length))
        said = read[:, ::-1] if self.order == "reversed" else np.sort(read, axis=1)
        return Examples(
            "classes",
            read.astype(np.float64),
            np.eye(self.tokens)[said].reshape(self.rows, -1),
            at_steps(self.length, ("letter",)),
            tuple(LETTERS[: self.tokens]),
            target_shape=(self.length, self.tokens),
        )
