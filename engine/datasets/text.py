"""A text of one's own, character by character."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema

from engine.component import Int
from engine.datasets import Dataset, Examples, TestShare, at_steps
from engine.datasets.own_words import STORY
from engine.errors import SpecError

SHORTEST, LONGEST = 40, 10_000
"""Characters of a text."""
ALPHABET = 100
"""The most different characters that are told apart."""
NAMES = {" ": "space", "\n": "line end", "\t": "tab"}


def check_text(text: object) -> object:
    """A text that is long enough to learn from and short enough to be read here, or none; raises ValueError with a sentence."""
    if not isinstance(text, str):
        raise ValueError("a text is expected here")
    if text and not SHORTEST <= len(text) <= LONGEST:
        much = f"is too short to learn from: give it {SHORTEST} or more" if len(text) < SHORTEST else f"is too long: cut it to {LONGEST:,}"
        raise ValueError(f"the text has {len(text):,} characters and {much}; with none at all, a text of the lab's own is read")
    return text


OwnText = Annotated[str, BeforeValidator(check_text), WithJsonSchema({"type": "string", "maxLength": LONGEST})]


class Text(Dataset):
    """Read a text and foretell each next character; the network that has learnt it can go on writing.

    The text is cut into pieces of so many steps, each an example; a piece is tested or trained, never both.
    """

    title: ClassVar[str] = "a text, by characters"
    kind: Literal["text"] = "text"
    text: OwnText = Field(default="", description="Your own text; left empty, a short one about learning is read")
    steps: Int = Field(default=16, ge=2, le=64, description="How many characters are read in one go")
    reads: Literal["one-hot", "numbers"] = Field(default="one-hot", description="A column for each character, or its number, for an embedding")
    asks: Literal["each step", "last"] = Field(default="each step", description="The next character at every step, or only after the last")
    test_share: TestShare = 0.1

    def draw(self, seed: int) -> Examples:
        text = self.text or STORY
        alphabet = "".join(sorted(set(text)))
        self._check(text, alphabet)
        numbers = np.searchsorted(np.array(list(alphabet)), np.array(list(text)))
        rows = (len(text) - 1) // self.steps
        read = numbers[: rows * self.steps].reshape(rows, self.steps)
        said = numbers[1 : rows * self.steps + 1].reshape(rows, self.steps)
        letters, names = np.eye(len(alphabet)), tuple(NAMES.get(letter, letter) for letter in alphabet)
        one_hot, each = self.reads == "one-hot", self.asks == "each step"
        return Examples(
            "classes",
            letters[read].reshape(rows, -1) if one_hot else read.astype(np.float64),
            (letters[said] if each else letters[said[:, -1]]).reshape(rows, -1),
            at_steps(self.steps, names if one_hot else ("character",)),
            names,
            shape=(self.steps, len(alphabet)) if one_hot else None,
            target_shape=(self.steps, len(alphabet)) if each else None,
            alphabet=alphabet,
        )

    def _check(self, text: str, alphabet: str) -> None:
        if len(alphabet) > ALPHABET:
            raise SpecError("data.text", f"the text has {len(alphabet)} different characters, and at most {ALPHABET} are told apart; write it in fewer")
        if len(alphabet) < 2:
            raise SpecError("data.text", "the text is one character over and over, and there is nothing to foretell; give it at least two different ones")
        if len(text) <= 4 * self.steps:
            most = (len(text) - 1) // 4
            raise SpecError("data.steps", f"the text has {len(text)} characters, too few for pieces of {self.steps}; read at most {most} in one go")
