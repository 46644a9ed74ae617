"""Sine waves."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, at_steps, column
from engine.streams import stream

SLOW, FAST = 0.2, 0.8
"""Radians a step: from 31 to 8 steps a wave."""


class SineWaves(Dataset):
    """Foretell the next value of a sine wave from the ones before it; each wave has a pace and a beginning of its own."""

    title: ClassVar[str] = "sine waves"
    kind: Literal["sine_waves"] = "sine_waves"
    rows: RowCount = 400
    steps: Int = Field(default=12, ge=2, le=100, description="How many values are seen")
    noise: Noise = 0.02
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "sine waves")
        pace, begin = rng.uniform(SLOW, FAST, (self.rows, 1)), rng.uniform(0, 2 * np.pi, (self.rows, 1))
        wave = np.sin(begin + pace * np.arange(self.steps + 1)) + rng.normal(0, self.noise, (self.rows, self.steps + 1))
        inputs = np.ascontiguousarray(wave[:, :-1])
        return Examples("regression", inputs, column(wave[:, -1]), at_steps(self.steps, ("value",)), shape=(self.steps, 1))
