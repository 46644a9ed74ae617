"""What a loss reads: targets that it means nothing for are refused in a sentence, whoever brings them."""

from typing import Any

import pytest

from engine.component import kinds
from engine.errors import SpecError
from engine.losses import Loss
from engine.session import Session
from tests.engine.networks import kind, linear, make

ENDS: dict[str, list[dict[str, Any]]] = {"probability": [{"kind": "sigmoid"}], "value": [], "logit": []}


def built(loss: type[Loss], targets: list[list[float]]) -> Session:
    data = {"kind": "table", "inputs": [[0, 1], [1, 0]], "targets": targets, "task": "regression"}
    return Session(make(data=data, layers=[linear(len(targets[0])), *ENDS[loss.output]], loss={"kind": kind(loss)}))


READING = [pytest.param(loss, id=kind(loss)) for loss in kinds(Loss) if issubclass(loss, Loss)]


@pytest.mark.parametrize("loss", READING)
@pytest.mark.parametrize(
    ("targets", "reads", "words"),
    [
        ([[0.5, 0.5], [-1.0, 1.0]], ("numbers",), "from 0 to 1, and example 1 has -1, 1; scale them"),
        ([[0.0, 1.0], [0.5, 2.5]], ("numbers",), "example 1 has 0.5, 2.5"),
        ([[1.0], [0.0]], ("numbers", "shares"), "between several outputs, and the data has one"),
        ([[1.0, 0.0], [1.0, 1.0]], ("numbers", "shares"), "those of example 1 add up to 2"),
        ([[1.0, 0.0], [0.25, 0.75]], ("numbers", "shares", "shares of one"), ""),
    ],
    ids=["negative", "large", "one", "both", "shares"],
)
def test_targets_suit_the_loss_or_are_refused(loss: type[Loss], targets: list[list[float]], reads: tuple[str, ...], words: str) -> None:
    if loss.reads in reads:
        assert built(loss, targets).data.targets.tolist() == targets
        return
    with pytest.raises(SpecError) as refused:
        built(loss, targets)
    assert refused.value.field == "loss" and (words in str(refused.value) or loss.reads == "shares of one")
