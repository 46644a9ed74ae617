"""A network that has learnt to foretell the next character writes on: each character is drawn from its answer, and then read as the last one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.errors import OutOfReach, SpecError
from engine.evaluate import Evaluator
from engine.formula.calls import Array
from engine.streams import stream

if TYPE_CHECKING:
    from engine.session import Session


def sample(session: "Session", length: int, temperature: float, start: str, seed: int) -> Iterator[dict[str, Any] | None]:
    """So many characters after `start`: None after each, and the text at the end; the same for the same seed and parameters.

    What the network reads is filled up with the last piece that it was trained on, as though `start` were written behind it. A temperature of 0 takes the
    likeliest character, 1 draws by the network's own chances, and more makes them more alike. The parameters are those of the beginning, even while a run
    goes on. Raises OutOfReach where the data are no text, and SpecError.
    """
    alphabet = _alphabet(session)
    parameters, update = Arena(session.network.shapes, session.network.dtype), session.position.update
    np.copyto(parameters.flat, session.parameters_arena.flat)
    evaluator = Evaluator(session.network, parameters)
    unknown = next((letter for letter in start if letter not in alphabet), None)
    if unknown is not None:
        raise SpecError("start", f"the network has never read the character “{unknown}”; begin with characters of its text")
    read = _tail(session, alphabet) + [alphabet.index(letter) for letter in start]
    written: list[int] = []
    chances: list[float] = []
    for place in range(length):
        share = _chances(session, evaluator, read, len(alphabet))
        if not np.isfinite(share).all():
            raise OutOfReach("the network's answer is not finite any more; go back, and choose a smaller learning rate")
        letter = _drawn(share, temperature, stream(seed, "sample", place).random())
        chances.append(float(share[letter]))
        written.append(letter)
        read = [*read[1:], letter]
        yield None
    yield {
        "start": start,
        "text": "".join(alphabet[letter] for letter in written),
        "chances": chances,
        "temperature": temperature,
        "seed": seed,
        "update": update,
    }


def _alphabet(session: "Session") -> str:
    if not session.data.alphabet:
        raise OutOfReach("only a network that reads a text can write on; take the data “a text, by characters”")
    if session.network.loss.output == "value":
        raise OutOfReach("the network answers with numbers and not with chances; take categorical cross-entropy as its loss")
    return session.data.alphabet


def _tail(session: "Session", alphabet: str) -> list[int]:
    """The characters that the last training example reads, by number."""
    letters = _letters(session.data.raw[session.data.train - 1], len(alphabet), session)
    return [int(letter) for letter in letters]


def _letters(row: Array, count: int, session: "Session") -> Array:
    return row.reshape(-1, count).argmax(axis=1) if len(session.data.shape) > 1 else row


def _chances(session: "Session", evaluator: Evaluator, read: list[int], count: int) -> Array:
    """The network's chances for the character after those that were read; as many of them count as it reads in one go."""
    hot = len(session.data.shape) > 1
    steps = session.data.shape[0]
    last = np.array(read[-steps:])
    raw = (np.eye(count)[last] if hot else last.astype(np.float64)).reshape(1, -1)
    return np.asarray(evaluator.prediction(session.data.transform(raw)).reshape(-1, count)[-1], dtype=np.float64)


def _drawn(share: Array, temperature: float, at: float) -> int:
    """The likeliest character at temperature 0, else one drawn by chances ∝ share^(1 / temperature); `at` is uniform in [0, 1)."""
    if temperature == 0:
        return int(share.argmax())
    with np.errstate(divide="ignore"):
        logits = np.log(share) / temperature
    weights = np.exp(logits - logits.max())
    return min(int(np.searchsorted(np.cumsum(weights) / weights.sum(), at, side="right")), len(share) - 1)
