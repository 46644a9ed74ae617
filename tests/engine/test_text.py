"""A text by characters: how it is cut, what is refused, and a network that writes on."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from engine.datasets.own_words import STORY
from engine.datasets.text import ALPHABET, LONGEST, SHORTEST, Text
from engine.errors import OutOfReach, SpecError
from engine.position import Position
from engine.session import Session
from tests.engine.networks import linear, make

ABC = "abc" * 40


def reader(text: str = ABC, *, asks: str = "each step", **changes: Any) -> Session:
    """A small network that reads a text of three letters."""
    layers = [{"kind": "rnn", "units": 4, "returns": "sequence" if asks == "each step" else "last"}, linear(3)]
    data = {"kind": "text", "text": text, "steps": 5, "asks": asks}
    spec = {"data": data, "layers": layers, "loss": {"kind": "categorical_cross_entropy_with_logits"}, "optimizer": {"kind": "adam", "learning_rate": 0.05}}
    return Session(make(**{**spec, **changes}))


def written(session: Session, **asked: Any) -> dict[str, Any]:
    return next(found for found in session.sample(**asked) if found)


def test_each_step_is_asked_for_the_next_character() -> None:
    made = Text(steps=7).draw(1)
    assert made.alphabet is not None
    steps, letters = made.shape or (0, 0)
    read = made.inputs.reshape(-1, steps, letters).argmax(axis=2)
    said = made.targets.reshape((*read.shape, letters)).argmax(axis=2)
    spelled = "".join(made.alphabet[letter] for letter in read.ravel())
    assert STORY.startswith(spelled) and len(STORY) - len(spelled) <= steps
    assert "".join(made.alphabet[letter] for letter in said.ravel()) == STORY[1 : len(spelled) + 1]


def test_the_same_text_as_numbers_and_with_one_target() -> None:
    hot, numbers = Text(asks="last").draw(1), Text(reads="numbers", asks="last").draw(1)
    assert numbers.shape is None and np.array_equal(hot.inputs.reshape(*numbers.inputs.shape, -1).argmax(axis=2), numbers.inputs)
    assert hot.target_shape is None and np.array_equal(hot.targets, numbers.targets)
    assert hot.class_names is not None and {"space", "line end"} < set(hot.class_names)


@pytest.mark.parametrize("length", [SHORTEST - 1, LONGEST + 1])
def test_a_text_has_its_bounds(length: int) -> None:
    with pytest.raises(ValidationError, match=f"the text has {length:,} characters"):
        Text(text="ab" * (length // 2) + "a" * (length % 2))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "a" * SHORTEST}, "over and over"),
        ({"text": "".join(map(chr, range(200, 201 + ALPHABET)))}, f"has {ALPHABET + 1} different characters"),
        ({"text": "ab" * 30, "steps": 16}, "read at most 14 in one go"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        Text(**fields).draw(1)


@pytest.mark.parametrize("asks", ["each step", "last"])
def test_a_network_that_has_learnt_a_rule_writes_by_it(asks: str) -> None:
    session = reader(asks=asks)
    session.run(Position(150, 0), tap=())
    found = written(session, length=12, temperature=0, start="ca")
    assert found["text"] == "bca" * 4 and min(found["chances"][5:]) > 0.9 and found["update"] == 150


def test_the_seed_and_the_parameters_decide() -> None:
    session = reader()
    first = written(session, length=30, seed=3)
    assert written(session, length=30, seed=3) == first and written(session, length=30, seed=4) != first
    asked: Iterator[dict[str, Any] | None] = session.sample(length=30, seed=3)
    next(asked)
    session.run(Position(20, 0))
    assert next(found for found in asked if found) == first, "a run that goes on meanwhile changes nothing"
    assert written(session, length=30, seed=3) != first


def test_the_first_character_has_the_networks_own_chances() -> None:
    """Drawn with 500 seeds, the shares are the answer's, sharpened by the temperature."""
    session = reader()
    share = np.asarray(session.predictions()["outputs"])[session.data.train - 1, -1]
    for temperature in (1.0, 0.3):
        wanted = share ** (1 / temperature) / (share ** (1 / temperature)).sum()
        drawn = "".join(written(session, length=1, temperature=temperature, seed=seed)["text"] for seed in range(500))
        counted = np.array([drawn.count(letter) for letter in "abc"]) / 500
        assert np.abs(counted - wanted).max() < 5 * np.sqrt(0.25 / 500)


def test_what_cannot_write_says_so() -> None:
    with pytest.raises(OutOfReach, match="only a network that reads a text"):
        written(Session(make()))
    with pytest.raises(OutOfReach, match="numbers and not with chances"):
        written(reader(loss={"kind": "mean_squared_error"}))
    with pytest.raises(SpecError, match="never read the character “z”"):
        written(reader(), start="z")
