"""Orthogonal."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Gain, Initializer, Matrix, Shape


class Orthogonal(Initializer):
    """A random rotation, so that a deep linear network neither stretches nor shrinks what passes (Saxe, McClelland and Ganguli 2013, arXiv:1312.6120).

    Where inputs and units differ in number, the shorter side's rows or columns are at right angles. QR with the signs of R's diagonal taken out
    makes every rotation equally likely (Mezzadri 2007, arXiv:math-ph/0609050).
    """

    title: ClassVar[str] = "orthogonal"
    torch: ClassVar[Counterpart] = Counterpart("nn.init.orthogonal_({tensor}, {gain})")
    keras: ClassVar[Counterpart] = Counterpart("keras.initializers.Orthogonal({gain})")
    kind: Literal["orthogonal"] = "orthogonal"
    gain: Gain = 1.0

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, units = self.fans(shape)
        Q, R = np.linalg.qr(rng.normal(size=(max(inputs, units), min(inputs, units))))
        Q = Q * np.where(np.diag(R) < 0, -self.gain, self.gain)
        return np.ascontiguousarray(Q if inputs >= units else Q.T)
