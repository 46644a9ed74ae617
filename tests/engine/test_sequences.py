"""Examples that are sequences: what each dataset asks, and that a network reads them without a reshape and is asked at every step."""

from typing import Any

import numpy as np
import pytest

from engine.datasets.adding import Adding
from engine.datasets.copy_memory import CopyMemory
from engine.datasets.digit_rows import DigitRows
from engine.datasets.patterns import SHAPES, Patterns, drawn
from engine.datasets.sequence_parity import SequenceParity
from engine.datasets.sine_waves import SineWaves
from engine.errors import SpecError
from engine.session import Session
from tests.engine.networks import linear, make

CLASSES = {"kind": "categorical_cross_entropy_with_logits"}
COPY: dict[str, Any] = {"kind": "copy_memory", "rows": 10, "symbols": 2, "length": 1, "delay": 2}


def copying(**changes: Any) -> Session:
    """A small recurrent network asked at each of four steps."""
    layers = [{"kind": "rnn", "units": 3, "returns": "sequence"}, linear(3)]
    return Session(make(**{"data": COPY, "layers": layers, "loss": CLASSES, **changes}))


def test_copy_memory_says_what_it_read_after_the_signal() -> None:
    made = CopyMemory(rows=50, symbols=4, length=3, delay=5).draw(1)
    read = made.inputs.reshape(50, 11, 6).argmax(axis=2)
    said = made.targets.reshape(50, 11, 5).argmax(axis=2)
    assert np.array_equal(said[:, -3:], read[:, :3]) and (said[:, :-3] == 4).all()
    assert (read[:, :3] < 4).all() and (read[:, 7] == 5).all() and (np.delete(read[:, 3:], 4, axis=1) == 4).all()
    assert made.columns[:2] == ("a at step 1", "b at step 1") and made.class_names == ("a", "b", "c", "d", "nothing")


def test_adding_marks_one_number_in_each_half() -> None:
    made = Adding(rows=60, steps=7).draw(2)
    numbers, marks = np.moveaxis(made.inputs.reshape(60, 7, 2), 2, 0)
    assert (marks[:, :3].sum(axis=1) == 1).all() and (marks[:, 3:].sum(axis=1) == 1).all() and set(np.unique(marks)) == {0, 1}
    np.testing.assert_allclose(made.targets[:, 0], (numbers * marks).sum(axis=1))


def test_parity_counts_the_ones() -> None:
    made = SequenceParity(rows=30, steps=9).draw(3)
    assert np.array_equal(made.targets[:, 0], (made.inputs == 1).sum(axis=1) % 2)


def test_sine_waves_go_on() -> None:
    """A sine obeys x(t+1) = 2 cos(ω) x(t) − x(t−1), with one ω for all of a wave."""
    made = SineWaves(rows=20, steps=6, noise=0).draw(4)
    wave = np.concatenate([made.inputs, made.targets], axis=1)
    pace = (wave[:, 2:] + wave[:, :-2]) / wave[:, 1:-1]
    assert np.allclose(pace, pace[:, :1])


def test_patterns_are_whole_and_anywhere() -> None:
    made = Patterns(rows=100, side=5, noise=0).draw(5)
    pictures = made.inputs.reshape(100, 5, 5)
    names = list(SHAPES)
    for picture, target in zip(pictures, made.targets, strict=True):
        found = drawn(names[int(target.argmax())])
        assert any(np.array_equal(picture[top : top + 3, left : left + 3], found) for top in range(3) for left in range(3)) and picture.sum() == found.sum()
    assert len(np.unique(pictures.argmax(axis=2) @ np.arange(5))) > 5


def test_digit_rows_are_the_digits() -> None:
    made = DigitRows().draw(1)
    assert made.shape == (8, 8) and made.image == {"height": 8, "width": 8, "max": 1} and made.inputs.max() == 1


def test_a_step_counts_as_much_as_another() -> None:
    """The loss of an example is the mean of its steps' cross-entropies, and the accuracy counts steps."""
    session = copying()
    answers = session.predictions()
    outputs, targets = np.asarray(answers["outputs"]), session.data.targets.reshape(-1, 4, 3)
    by_hand = -np.log(np.where(targets == 1, outputs, 1)).sum(axis=2).mean(axis=1)
    np.testing.assert_allclose(answers["losses"], by_hand, rtol=1e-12)
    right = outputs.argmax(axis=2) == targets.argmax(axis=2)
    assert answers["accuracy"]["train"] == pytest.approx(right[: session.data.train].mean()) and answers["correct"] == right.all(axis=1).tolist()
    assert np.sum(answers["confusion"]["train"]) == 4 * session.data.train
    assert answers["baseline"] == {"answer": 2, "train": 0.75, "test": 0.75}, "one step of the four asks for a symbol, the others for nothing"
    shown = session.examples()
    assert shown["shape"] == [4, 4] and shown["target_shape"] == [4, 3] and shown["targets"] == targets.argmax(axis=2).tolist()


@pytest.mark.parametrize("loss", ["categorical_cross_entropy_with_logits", "mean_squared_error", "halved_squared_error", "huber", "categorical_cross_entropy"])
def test_every_loss_is_asked_at_each_step(loss: str) -> None:
    """The gradients agree with central differences, whatever is asked at the steps."""
    ends = [{"kind": "softmax"}] if loss == "categorical_cross_entropy" else []
    session = copying(loss={"kind": loss}, layers=[{"kind": "rnn", "units": 2, "returns": "sequence"}, linear(3), *ends])
    session.run(session.target_backward())
    found = session.check_all()
    assert found["ok"] and found["agree"] == found["checked"] == found["of"], found


@pytest.mark.parametrize(
    ("layers", "field", "words"),
    [
        ([{"kind": "rnn"}, linear(3)], "layers", "an answer at each of 4 steps; let every layer return the whole sequence"),
        ([{"kind": "rnn", "returns": "sequence"}, linear(5)], "layers.1.units", "for each step, and the data's target has 3"),
    ],
)
def test_a_network_that_does_not_answer_at_each_step_is_refused(layers: list[dict[str, Any]], field: str, words: str) -> None:
    with pytest.raises(SpecError) as refused:
        copying(layers=layers)
    assert refused.value.field == field and words in str(refused.value)
