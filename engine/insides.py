# mypy: disable-error-code="misc"
"""What lies inside a layer, read without moving the session: sequences, windows, attention, the draw of a variational layer, and what a normalisation does."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.attending import attention
from engine.convolution import convolution
from engine.latent import decoded, latent, latent_map
from engine.memory import memory
from engine.normalizing import normalization
from engine.plain import finite
from engine.sequence import sequence
from engine.turns import refuse_players
from engine.uses import uses

if TYPE_CHECKING:
    from engine.session import Session


class Insides:
    """The part of reading that lays a layer open."""

    def uses(self: "Session", target: str, example: int | None = None) -> dict[str, Any]:
        """One parameter's gradient as the sum over the places or time steps at which it is used."""
        return finite(uses(self, target, example))  # type: ignore[no-any-return]

    def sequence(self: "Session", layer: int | None = None, example: int | None = None, of: str | None = None, scope: str | None = None) -> dict[str, Any]:
        """A recurrent layer unrolled over time, with the gradients at its states and what each step adds to a shared parameter."""
        return finite(sequence(self, layer, example, of, scope))  # type: ignore[no-any-return]

    def convolution(self: "Session", layer: int | None = None, example: int | None = None, **chosen: Any) -> dict[str, Any]:
        """A layer that moves a window, laid open at one place, one element of its kernel and one pixel."""
        return finite(convolution(self, layer, example, **chosen))  # type: ignore[no-any-return]

    def attention(self: "Session", layer: int | None, example: int | None, head: int, cell: tuple[int, int], scope: str | None = None) -> dict[str, Any]:
        """One head of an attention for one example: its fields, what arrives at them, and one cell through its row of the softmax Jacobian."""
        return finite(attention(self, layer, example, head, cell, scope))  # type: ignore[no-any-return]

    def memory(self: "Session", updates: int | None = None) -> Iterator[dict[str, Any] | None]:
        """RNN, LSTM and GRU on the same data: None after each piece, and at the end how large the gradient is at each time step."""
        refuse_players(self, "How memory fades")
        return (finite(found) for found in memory(self, updates))

    def latent(self: "Session", layer: int | None = None, example: int | None = None) -> dict[str, Any]:
        """The draw of a variational layer for one example, and what comes back to its mean and spread, part by part."""
        return finite(latent(self, layer, example))  # type: ignore[no-any-return]

    def latent_map(self: "Session", layer: int | None = None, example: int | None = None, across: int = 0, up: int = 1) -> dict[str, Any]:
        """Where the training examples lie among the numbers that describe them."""
        return finite(latent_map(self, layer, example, across, up))  # type: ignore[no-any-return]

    def decoded(self: "Session", layer: int | None = None, example: int | None = None, z: Sequence[float] | None = None) -> dict[str, Any]:
        """What the decoder makes of numbers that stand in the place of an example's own."""
        return finite(decoded(self, layer, example, z))  # type: ignore[no-any-return]

    def normalization(self: "Session", node: int | None = None, example: int | None = None, unit: int = 0, place: int = 0) -> dict[str, Any]:
        """A normalisation laid open: its mean and variance, and the gradient at each value as three parts."""
        return finite(normalization(self, node, example, unit, place))  # type: ignore[no-any-return]
