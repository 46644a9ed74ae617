"""The laboratory: a trial's numbers are the session's own, every remedy changes what it says and nothing else, and the cases heal as stated."""

import pickle

import numpy as np
import pytest
from pydantic import ValidationError

from engine.component import kinds
from engine.errors import EngineError, SpecError
from engine.laboratory.cases import CASES, Case
from engine.laboratory.pathology import ACTIVATIONS, Pathology
from engine.laboratory.places import NEAR, SHARE
from engine.laboratory.trial import MOMENTS, measured_at, trial
from engine.position import Position
from engine.remedies import Remedy, remedy
from engine.remedies.clipping import Clipping
from engine.session import Session

SMALL = {
    "deep": Pathology(depth=4, width=3),
    "recurrent": Pathology.model_validate(
        {"net": "recurrent", "depth": 4, "width": 3, "data": {"kind": "recall"}, "initializer": {"kind": "normal", "std": 2}}
    ),
}
EACH = pytest.mark.parametrize("net, kind", [(net, kind) for kind in kinds(Remedy) for net in kind.nets], ids=lambda each: getattr(each, "__name__", each))


@EACH
def test_a_remedy_keeps_the_data_and_the_seed_and_changes_something(net: str, kind: type[Remedy]) -> None:
    spec = SMALL[net].spec()
    treated = kind().apply(spec)
    Session(treated)
    kept = ("seed", "dtype", "batch_size", "shuffle", "standardize", "features", "data", "loss", "bug")
    assert all(getattr(treated, name) == getattr(spec, name) for name in kept)
    assert treated != spec


@EACH
def test_a_trial_is_the_same_every_time_and_travels(net: str, kind: type[Remedy]) -> None:
    first, again = (trial(SMALL[net], (kind(),), 6) for _ in range(2))
    assert pickle.dumps(first) == pickle.dumps(again)
    assert pickle.loads(pickle.dumps(first)) == first
    assert [each.update for each in first.moments] == [0, *measured_at(6)] and first.stopped is None
    assert all(len(each.gradients) == len(first.places) for each in first.moments[1:])
    assert all(len(each.spreads) == len(each.marks) == len(first.rows) for each in first.moments)


@pytest.mark.parametrize("kind", [kind for kind in kinds(Remedy) if len(kind.nets) == 1], ids=lambda kind: kind.__name__)
def test_a_remedy_for_another_net_is_refused(kind: type[Remedy]) -> None:
    other = "recurrent" if kind.nets == ("deep",) else "deep"
    with pytest.raises(SpecError, match=f"remedy for a {kind.nets[0]} net, and this one is {other}"):
        trial(SMALL[other], (kind(),), 2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_can_be_ill_and_begin_well(activation: str) -> None:
    case = Pathology(depth=4, width=3, activation=activation)
    for remedies in ((), (remedy.validate_python({"kind": "initialization"}),)):
        assert len(trial(case, remedies, 2).places) == 4


def test_the_gradients_of_a_deep_net_are_those_of_its_session() -> None:
    session = Session(SMALL["deep"].spec())
    session.run(Position(3, 0))
    measured = trial(SMALL["deep"], (), 3).moments[-1]
    for band, name in zip(measured.gradients, ("0.W", "2.W", "4.W", "6.W"), strict=True):
        sizes = np.sort(np.abs(session.gradients_arena.views[name]), axis=None)
        assert band == tuple(sizes[round(share * (sizes.size - 1))] for share in (0.1, 0.5, 0.9))
    flat = session.gradients_arena.flat
    assert measured.length == measured.applied == pytest.approx(np.linalg.norm(flat))


def test_the_gradients_of_a_recurrent_net_are_those_at_its_moments() -> None:
    """Against the textbook's walk back through time, from the numbers that the first update found."""
    case = SMALL["recurrent"]
    session = Session(case.spec())
    x, y = (part[session.batches.examples(0)] for part in session.data.part("train"))
    view = {name: values.copy() for name, values in session.parameters_arena.views.items()}
    states = [np.zeros((len(x), case.width))]
    for t in range(case.depth):
        states.append(np.tanh(x[:, t : t + 1] @ view["1.W"] + states[-1] @ view["1.U"] + view["1.b"]))
    p = 1 / (1 + np.exp(-(states[-1] @ view["2.W"] + view["2.b"])))
    arriving = (p - y) / len(x) @ view["2.W"].T
    measured = trial(case, (), 1)
    assert measured.places == measured.rows == tuple(f"moment {t + 1}" for t in range(case.depth))
    for t in reversed(range(case.depth)):
        ordered = np.sort(np.abs(arriving), axis=None)
        assert measured.moments[1].gradients[t][1] == pytest.approx(ordered[round(0.5 * (ordered.size - 1))], rel=1e-10)
        arriving = (arriving * (1 - states[t + 1] ** 2)) @ view["1.U"].T


def test_units_are_marked_by_what_they_give() -> None:
    """Dead: 0 for every example of the training part. Saturated: close to a bound for nearly all of them."""
    wide = {"initializer": {"kind": "normal", "std": 6}}
    for activation, letter in (("relu", "d"), ("tanh", "s")):
        case = Pathology.model_validate({"depth": 12, "width": 4, "activation": activation, **wide})
        session = Session(case.spec())
        inputs, _ = session.data.part("train")
        program = session.evaluator.run(inputs)
        values = [program.value(node.id) for node in program.tape.nodes if node.name == activation]
        expected = [
            "".join(letter if bad else "." for bad in ((~each.any(axis=0)) if letter == "d" else ((1 - abs(each) <= 2 * NEAR).mean(axis=0) >= SHARE)))
            for each in values
        ]
        begun = trial(case, (), 1).moments[0]
        assert list(begun.marks) == expected and letter in "".join(expected)
        assert begun.spreads[1].deviation == pytest.approx(values[1].std()) and begun.spreads[0].mean == pytest.approx(values[0].mean())


def test_clipping_shows_the_gradient_before_and_after() -> None:
    found = trial(SMALL["recurrent"], (Clipping(limit=0.01),), 4)
    assert found.clips and all(each.applied == pytest.approx(min(0.01, each.length), rel=1e-3) for each in found.moments[1:])


def test_a_net_that_diverges_stops_there_and_says_so() -> None:
    case = Pathology.model_validate({"depth": 6, "width": 4, "activation": "relu", "learning_rate": 1000, "data": {"kind": "sine"}})
    found = trial(case, (), 50)
    assert found.stopped and "not finite" in found.stopped and found.moments[-1].update < 50
    assert found.json()["summary"]["stopped"] == found.stopped


def test_updates_are_measured_evenly_on_a_log_axis() -> None:
    assert measured_at(1) == [1] and measured_at(3) == [1, 2, 3]
    assert len(measured_at(1000)) < MOMENTS and measured_at(1000)[-1] == 1000


def test_a_way_past_the_layers_leaves_their_first_weights_alone() -> None:
    """And the activations inside are measured as before."""
    spec = SMALL["deep"].spec()
    plain, treated = Session(spec).parameters_arena, Session(SMALL["deep"].treated((remedy.validate_python({"kind": "residual"}),))).parameters_arena
    assert list(treated.views) != list(plain.views) and np.array_equal(treated.flat, plain.flat)
    assert trial(SMALL["deep"], (remedy.validate_python({"kind": "residual"}),), 1).rows == ("layer 1", "layer 2", "layer 3")


@pytest.mark.parametrize("fields", [{"depth": 1}, {"depth": 51}, {"activation": "softmax"}, {"width": 33}])
def test_what_is_out_of_bounds_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Pathology.model_validate(fields)


def test_data_that_is_no_sequence_is_refused() -> None:
    with pytest.raises(EngineError, match="cannot be read as 3 moments"):
        Pathology(net="recurrent", depth=3).spec()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_does_not_learn(case: Case) -> None:
    assert trial(case.pathology, (), case.updates).summary()["loss"] > case.ill


@pytest.mark.parametrize("case, kind", [(case, kind) for case in CASES for kind in case.reaches], ids=lambda each: getattr(each, "name", each))
def test_every_remedy_of_a_case_reaches_what_is_stated(case: Case, kind: str) -> None:
    healed = trial(case.pathology, (remedy.validate_python({"kind": kind}),), case.updates)
    assert healed.summary()["loss"] < case.reaches[kind] and healed.stopped is None
