"""Predict first: every answer is marked by what gave it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from engine.bugs import Bug
from engine.component import kinds
from engine.errors import OutOfReach, SpecError, UnknownName
from engine.grading import TOLERANCE, Answer, read
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.asking import at, mark
from tests.engine.networks import kind, linear, make, trained, with_bug

DEEP = with_bug(None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.31", 0.31), (" −0.31 ", -0.31), ("-.5", -0.5), ("+2", 2), ("3.1e-2", 0.031), ("3.1E−2", 0.031), ("3.1 · 10⁻²", 0.031), ("3.1 × 10^-2", 0.031),
        ("1/16", 1 / 16), ("−1 / 16", -1 / 16), ("0,31", 0.31), ("0", 0), ("1e-300", 1e-300),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(text: str, value: float) -> None:
    assert read(text) == Answer(value)


@pytest.mark.parametrize(("text", "value"), [("+", 1), ("-", -1), ("−", -1), (" – ", -1)])
def test_a_sign_is_an_answer(text: str, value: float) -> None:
    assert read(text) == Answer(value, sign_only=True)


@pytest.mark.parametrize("text", ["", "  ", "abc", "1/0", "1/2/3", "--1", "nan", "inf", "1e999", "0x10", "1e", "½", "1 2", "<b>", "9" * 41, "__import__"])
def test_what_is_no_answer_is_refused_in_words(text: str) -> None:
    with pytest.raises(SpecError, match=r"a number is expected here.*came") as refused:
        read(text)
    assert refused.value.field == "answer"


@pytest.mark.parametrize(
    ("factor", "marked", "words"),
    [
        (1, "right", "Right: "), (1 + 4e-4, "right", "Right: "), (1 - 4e-4, "right", "Right: "), (1 + 6e-4, "right", "Right within 1 %: it is"),
        (1 + TOLERANCE - 1e-6, "right", "Right within"), (1 - TOLERANCE + 1e-6, "right", "Right within"), (1 + TOLERANCE + 1e-6, "wrong", "No: it is"),
        (1 - TOLERANCE - 1e-6, "wrong", "No: it is"), (-1, "wrong", "the sign is the other one"), (-1.0099, "wrong", "the sign is the other one"),
        (-1.02, "wrong", "No: it is"), (0, "wrong", "No: it is"), (1e9, "wrong", "No: it is"),
    ],
)  # fmt: skip
def test_the_tolerance_is_the_stated_one(factor: float, marked: str, words: str) -> None:
    session = trained(DEEP, 2)
    found = at(session, "gradient:2.W", "parameter:2.W[3,1]")
    made = mark(session, factor * found.asked.truth, "parameter:2.W[3,1]")
    assert (made["mark"], made["tolerance"], made["truth"]) == (marked, TOLERANCE, found.asked.truth)
    assert words in made["sentence"]


def test_a_sign_alone_is_marked() -> None:
    session = trained(DEEP, 2)
    truth = at(session, "cotangent:", "parameter:0.W[1,2]").asked.truth
    right, wrong = ("+", "−") if truth > 0 else ("−", "+")
    assert mark(session, right, "parameter:0.W[1,2]")["sentence"].startswith("The sign is right: it is")
    made = mark(session, wrong, "parameter:0.W[1,2]")
    assert (made["mark"], made["mistake"]["kind"]) == ("wrong", "wrong_sign")
    assert made["sentence"].startswith("The other sign: it is ")


def test_what_is_exactly_zero_has_no_sign() -> None:
    """A dead unit's gradient: only 0 is right."""
    session = trained(make(layers=[linear(4, bias_init={"kind": "constant", "value": -9}), {"kind": "relu"}, linear(2)]), 1)
    assert at(session, "cotangent:4").asked.truth == 0
    assert mark(session, "0")["sentence"] == "Right: exactly 0."
    for answer in ("+", "−", "0.001"):
        assert mark(session, answer)["sentence"] == "It is exactly 0, and has no sign."


def test_an_error_is_carried_forward() -> None:
    """Right given an earlier slip, in numbers and in signs; with it, a mistake is still named; what has nothing to do with the number is left out."""
    session, pinned = trained(DEEP, 2), "parameter:0.W[1,2]"
    found = at(session, "gradient:0.W", pinned)
    h, delta = session.values(0, 1)["value"][1], session.values(4, 1)["cotangent"][2]
    assert found.asked.truth == pytest.approx(h * delta, rel=1e-12)
    earlier = [{"target": "cotangent:4[2]", "answer": repr(3 * delta)}, {"target": "cotangent:99[0]", "answer": "1"}, {"target": "w:0.W[0,0]", "answer": "1"}]
    made = mark(session, 3 * h * delta, pinned, earlier)
    assert made["mark"] == "carried" and "given your earlier answer" in made["sentence"]
    assert mark(session, h * delta, pinned, earlier)["mark"] == "right"
    assert mark(session, 3 * h * delta, pinned)["mark"] == "wrong"
    slip = mark(session, 3 * delta, pinned, earlier)
    assert slip["mistake"]["kind"] == "no_activation_derivative" and slip["sentence"].startswith("Beside your earlier answer")
    wrong, right = ("−", "+") if h * delta > 0 else ("+", "−")
    flipped = [{"target": "cotangent:4[2]", "answer": "-" if delta > 0 else "+"}]
    assert mark(session, wrong, pinned, flipped)["mark"] == "carried"
    assert mark(session, right, pinned, flipped)["mark"] == "right"
    kept = [{"target": "cotangent:4[2]", "answer": "+" if delta > 0 else "-"}]
    assert mark(session, wrong, pinned, kept)["mark"] == "wrong"


def test_errors_are_carried_through_the_forward_pass() -> None:
    """A weighted sum with one of its inputs mistaken, or with two, and an activation of a mistaken sum."""
    session, pinned = trained(DEEP, 2), "parameter:2.W[3,1]"
    at(session, "value:8", pinned)
    h, w, b = (np.asarray(values) for values in (session.values(5, 1)["value"], session.parameters()["2.W"], session.parameters()["2.b"]))
    first, both = h.copy(), h.copy()
    first[0] += 1
    both[:2] += 1
    earlier = [{"target": f"value:5[{unit}]", "answer": repr(float(both[unit]))} for unit in (0, 1)]
    assert mark(session, float(both @ w[:, 1] + b[1]), pinned, earlier)["mark"] == "carried"
    assert mark(session, float(first @ w[:, 1] + b[1]), pinned, earlier)["mark"] == "carried"
    assert mark(session, float(first @ w[:, 1] + b[1]), pinned)["mark"] == "wrong"
    at(session, "value:9", pinned)
    assert mark(session, 1 / (1 + np.exp(-0.7)), pinned, [{"target": "value:8[1]", "answer": "0.7"}])["mark"] == "carried"


def slips() -> Iterator[Any]:
    """A mistake by hand: its name, the network, what is pinned, where it is asked for, and what it makes of the session's own numbers."""

    def cotangents(session: Session, node: int) -> Any:
        return np.asarray(session.values(node, 1)["cotangent"])

    def w(session: Session, name: str) -> Any:
        return session.update_start[slice(*session.parameters_arena.spans[name])].reshape(session.parameters_arena.views[name].shape)

    def case(
        name: str, target: str, made: Callable[[Session], float], pinned: str | None = "parameter:0.W[1,2]", spec: SessionSpec = DEEP, note: str = ""
    ) -> Any:
        return pytest.param(name, target, made, pinned, spec, id=f"{name}{note}")

    inside = with_bug(None, layers=[linear(4), {"kind": "tanh"}, linear(2)], loss={"kind": "categorical_cross_entropy_with_logits"})
    yield case("no_activation_derivative", "cotangent:4", lambda s: cotangents(s, 5)[2], note="-tanh")
    yield case("no_activation_derivative", "gradient:0.W", lambda s: cotangents(s, 4)[2], note="-weight")
    yield case("no_activation_derivative", "cotangent:5", lambda s: cotangents(s, 8).sum(), note="-paths")
    yield case("one_path", "cotangent:5", lambda s: cotangents(s, 8)[3] * w(s, "2.W")[2, 3])
    yield case("transposed_weights", "cotangent:5", lambda s: float(cotangents(s, 8) @ w(s, "2.W")[:, 2]))
    yield case("missing_mean", "cotangent:15", lambda s: 1.0, note="-share")
    yield case("missing_mean", "value:16", lambda s: s.program.value(15).sum(), note="-loss")
    yield case("missing_mean", "cotangent:9", lambda s: 1.0, None, make(layers=[linear(4), {"kind": "tanh"}, linear(2)]), note="-outputs")
    yield case("softmax_twice", "cotangent:8", lambda s: twice(s), None, inside)
    yield case("wrong_sign", "step:0.W", lambda s: 0.05 * s.gradients_arena.views["0.W"][1, 2], note="-step")
    yield case("bias_per_weight", "step:0.b", lambda s: -3 * 0.05 * s.gradients_arena.views["0.b"][1], "parameter:0.b[1]")


def twice(session: Session) -> float:
    """The gradient at the first logit with the softmax's slope in it twice."""
    followed = session.focus.follow(1)
    z, t = followed.program.value(8)[followed.row], followed.program.value(1)[followed.row]
    p = np.exp(z) / np.exp(z).sum()
    return float(p[0] * ((p - t)[0] - p @ (p - t)))


@pytest.mark.parametrize(("name", "target", "made", "pinned", "spec"), list(slips()))
def test_the_mistake_that_gives_the_answer_is_named(name: str, target: str, made: Callable[[Session], float], pinned: str | None, spec: SessionSpec) -> None:
    """By the same registry as the bugs that can be switched on, with its own words."""
    session = trained(spec, 3)
    at(session, target, pinned)
    answer = float(made(session))
    found = mark(session, answer, pinned)
    bug = next(each for each in kinds(Bug) if kind(each) == name)
    assert issubclass(bug, Bug)
    assert found["mark"] == "wrong"
    assert found["mistake"] == {"kind": name, "title": bug.title}
    assert found["sentence"].startswith(bug.slip) and "t is " in found["sentence"]


@pytest.mark.parametrize("bug", kinds(Bug), ids=kind)
def test_every_bug_says_what_a_learner_has_done(bug: type[Bug]) -> None:
    assert bug.slip.endswith(".") and bug.slip[0].isupper()


def test_by_the_chain_rule_one_is_right_where_the_program_is_not() -> None:
    """With a bug on, both the program's number and the chain rule's are right answers, and are told apart."""
    session = trained(with_bug("no_activation_derivative"), 2)
    found = at(session, "cotangent:4", "parameter:0.W[1,2]")
    h = session.values(5, 1)["value"][2]
    assert mark(session, found.asked.truth, "parameter:0.W[1,2]")["sentence"].startswith("Right: ")
    made = mark(session, found.asked.truth * (1 - h**2), "parameter:0.W[1,2]")
    assert made["mark"] == "right" and "this program has a bug" in made["sentence"]


def test_an_answer_to_another_question_is_refused() -> None:
    session = trained(DEEP, 2)
    with pytest.raises(OutOfReach, match="ask for the question again"):
        session.grade("cotangent:4[2]", "1", example=1)
    with pytest.raises(UnknownName, match="example"):
        session.question(None, 999)
    with pytest.raises(UnknownName, match="parameter"):
        session.question("parameter:9.W[0,0]", 1)
    session = trained(make(layers=[linear(4), {"kind": "dropout"}, linear(2)], optimizer={"kind": "adam"}), 2)
    session.run(Position(2, 1))
    assert session.question(None, 1) == {"question": None, "why": "The next operation draws at random, which nobody can predict."}
    with pytest.raises(OutOfReach, match="nobody can predict"):
        session.grade("value:5[0]", "1", example=1)
