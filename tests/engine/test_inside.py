"""What lies inside a layer: every part that is told adds up to the gradient, and is the textbook's own."""

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import engine.memory
from engine.errors import OutOfReach, UnknownName
from engine.memory import back_from_last_step
from engine.position import Position
from engine.program import Program
from engine.session import Session
from tests.engine.networks import linear, make, table
from tests.oracles import convolution as filters
from tests.oracles import recurrence

STEPS = 4
FLAT = pytest.approx


def recurrent(kind: str, **rest: Any) -> Session:
    """A recurrent layer over four steps of two values each, one update on, with its gradients there."""
    data = table(inputs=2 * STEPS)
    layers = [{"kind": "reshape", "to": [STEPS, 2]}, {"kind": kind, "units": 3, **rest}, *([{"kind": "flatten"}] if rest.get("returns") else []), linear(2)]
    session = Session(make(data=data, layers=layers))
    session.run(Position(1, 0))
    session.run(session.target_backward())
    return session


def image(layer: dict[str, Any], shape: tuple[int, int, int] = (2, 5, 4)) -> Session:
    layers = [linear(int(np.prod(shape))), {"kind": "reshape", "to": list(shape)}, layer, {"kind": "flatten"}, linear(2)]
    session = Session(make(layers=layers))
    session.run(Position(1, 0))
    session.run(session.target_backward())
    return session


@pytest.mark.parametrize("rest", [{}, {"returns": "sequence", "bidirectional": True}], ids=["last", "both-ways"])
@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_each_steps_contribution_adds_up_to_the_gradient(kind: str, rest: dict[str, Any]) -> None:
    session = recurrent(kind, **rest)
    example = session.batch_examples()[1]
    gradients = session.gradients(example)
    for name in [name for name in session.parameters() if name.startswith("1.")]:
        found = session.sequence(1, example, name)
        own = next(each for each in found["shared"] if each["name"] == name)
        assert [row["t"] for row in own["rows"]] == (list(range(1, STEPS + 1)) if name.endswith("_back") else list(range(STEPS, 0, -1)))
        np.testing.assert_allclose(sum(np.array(row["part"]) for row in own["rows"]), gradients[name], rtol=1e-12, atol=1e-15)
        assert own["rows"][-1]["left"] <= 1e-12 * own["size"] + 1e-15
        index = (1,) * len(own["shape"])
        used = session.uses(f"parameter:{name}[{','.join(map(str, index))}]", example)
        assert [row["step"] for row in used["rows"]] == [row["t"] for row in own["rows"]]
        for use, row in zip(used["rows"], own["rows"], strict=True):
            assert use["product"] == FLAT(float(np.array(row["part"])[index]), rel=1e-12, abs=1e-15) == use["arriving"] * use["local"]


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_each_steps_contribution_is_the_textbooks(kind: str) -> None:
    """The oracle's shares are taken as it collects them, from the last step to the first."""
    session = recurrent(kind)
    example = session.batch_examples()[0]
    weights = {name.split(".")[1]: np.array(value) for name, value in session.parameters().items() if name.startswith("1.")}
    arriving = np.array(session.sequence(1, example)["moments"][-1]["h"]["gradient"])
    inputs, _ = session.data.rows_of([example])
    shares: list[dict[str, Any]] = []
    with patch.object(recurrence, "_collect", lambda _, own: shares.append(own)):
        recurrence.RULES[kind](inputs.reshape(1, STEPS, 2), weights, lambda h: arriving[None])
    for name in weights:
        rows = next(each for each in session.sequence(1, example, f"1.{name}")["shared"] if each["name"] == f"1.{name}")["rows"]
        for row, own in zip(rows, shares, strict=True):
            np.testing.assert_allclose(row["part"], own[name], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_the_moments_have_the_numbers_of_the_api(kind: str) -> None:
    """States and gates are the values of their nodes, sizes are lengths of what arrives there; every gate is told."""
    session = recurrent(kind)
    example = session.batch_examples()[-1]
    found = session.sequence(1, example)
    assert [moment["t"] for moment in found["moments"]] == [1, 2, 3, 4] and found["steps"] == STEPS
    gates = {"rnn": [], "lstm": ["input", "forget", "candidate", "output"], "gru": ["reset", "update", "candidate"]}[kind]
    for moment in found["moments"]:
        assert list(moment["gates"]) == gates and (moment["c"] is not None) == (kind == "lstm")
        for state in [moment["h"], *moment["gates"].values(), *([moment["c"]] if moment["c"] else [])]:
            values = session.values(state["node"], example)
            assert state["value"] == values["value"] and state["gradient"] == values["cotangent"]
            assert state["size"] == FLAT(np.linalg.norm(values["cotangent"]), rel=1e-12)
    assert "time step 4 back to 1" in found["sentence"]


CHOICES = [{"filters": 3, "size": 2, "padding": 1}, {"filters": 4, "size": 3, "stride": 2, "padding": 1, "groups": 2}]


@pytest.mark.parametrize("choices", CHOICES, ids=["padded", "strided-groups"])
def test_a_convolution_adds_up_as_the_textbook_says(choices: dict[str, Any]) -> None:
    """Window and bias make z; the map of an element of the kernel is what each place says of it; the kernel turned round gives a pixel's gradient."""
    session = image({"kind": "conv2d", **choices})
    example = session.batch_examples()[1]
    stride, padding, groups = choices.get("stride", 1), choices["padding"], choices.get("groups", 1)
    node = next(n["id"] for n in session.graph()["nodes"] if n["op"] == "conv2d")
    before = next(n["inputs"][0] for n in session.graph()["nodes"] if n["op"] == "conv2d")
    x, dy = np.array([session.values(before, example)["value"]]), np.array([session.values(node, example)["cotangent"]])
    W = np.array(session.parameters()["2.W"])
    dW, _, dx = filters.backward(dy, x, W, stride, padding, groups)
    filter_, channel, at, tap, pixel = 2, (1 if groups == 2 else 0), (1, 1), (1, 0), (2, 1)
    inner = channel % W.shape[1]
    found = session.convolution(2, example, filter=filter_, channel=channel, at=at, tap=tap, pixel=pixel)
    assert sum(found["sums"]) + found["bias"]["value"] == FLAT(found["z"], rel=1e-12)
    assert sum(term["product"] for term in found["window"]) == FLAT(found["sums"][inner], rel=1e-12)
    assert np.sum(found["places"]) == FLAT(found["total"], rel=1e-12) == FLAT(dW[filter_, inner, 1, 0], rel=1e-10)
    for place in np.ndindex(*dy.shape[2:]):
        alone = np.zeros_like(dy)
        alone[(0, filter_, *place)] = dy[(0, filter_, *place)]
        assert found["places"][place[0]][place[1]] == FLAT(
            filters.backward(alone, x, W, stride, padding, groups)[0][filter_, inner, 1, 0], rel=1e-12, abs=1e-15
        )
    back = found["back"]
    assert sum(row["product"] for row in back["rows"]) == FLAT(back["total"], rel=1e-12) == FLAT(dx[0, channel, 2, 1], rel=1e-10)
    used = session.uses(f"parameter:2.W[{filter_},{inner},1,0]", example)
    outside = sum(row["product"] for row in used["rows"])
    assert outside == FLAT(used["total"], rel=1e-12) and used["shape"] == list(dy.shape[2:])


@pytest.mark.parametrize("kind", ["max_pool", "average_pool"])
def test_a_pooling_passes_on_what_it_says(kind: str) -> None:
    """What arrives, given to the pixels that are marked, is the gradient of the image."""
    session = image({"kind": kind})
    found = session.convolution(2, session.batch_examples()[0], filter=1, at=(1, 1))
    arriving = np.array(found["output"]["gradient"])
    back = np.zeros((5, 4))
    for number, (i, j) in enumerate(np.ndindex(*arriving.shape)):
        if kind == "max_pool":
            back[tuple(found["winners"][number])] += arriving[i, j]
        else:
            back[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += arriving[i, j] / 4
    np.testing.assert_allclose(back, found["input"]["gradient"], rtol=1e-12)
    assert sum(term["share"] for term in found["window"]) == 1 and found["z"] == np.array(found["output"]["value"])[1, 1]


def test_a_truncation_cuts_where_it_is_told() -> None:
    """Beyond the cut no gradient arrives and no part is added; the parts still add up, and everything is known when the pass is over."""
    session = recurrent("lstm", truncate=3)
    found = session.sequence(1, session.batch_examples()[0])
    assert [moment["cut"] for moment in found["moments"]] == [False, False, False, True]
    assert [moment["h"]["stopped"] for moment in found["moments"]] == [True, True, True, False]
    rows = next(each for each in found["shared"] if each["name"] == "1.U")["rows"]
    assert [row["size"] == 0 for row in rows] == [False, True, True, True] and rows[-1]["left"] == 0
    place = session.position.instruction
    assert all(row["at"] < place for row in rows) and all(use["at"] < place for use in session.uses("parameter:1.U[0,1]")["rows"])


def test_three_cells_are_compared_on_the_same_data_and_seed() -> None:
    """The session's own kind has its own numbers: nothing but the kind is exchanged; untrained and trained for as many updates."""
    session = recurrent("lstm")
    for updates in (0, 1):
        found = [each for each in session.memory(updates) if each][-1]
        assert [cell["kind"] for cell in found["cells"]] == ["rnn", "gru", "lstm"] and found["own"] and found["steps"] == STEPS
        twin = Session(session.spec)
        twin.run(Position(updates, 0))
        rows = list(range(min(32, twin.data.train)))
        program = Program(twin.network.record(len(rows)), twin.parameters_arena, twin.gradients_arena)
        program.batch.views[0][...], program.batch.views[1][...] = twin.data.rows_of(rows)
        program.run(0, program.ends["loss"])
        back_from_last_step(program)
        nodes = [moment["h"] for moment in twin.graph()["columns"][1]["moments"]]
        sizes = [float(np.sqrt(np.square(program.cotangents.views[node]).sum(axis=1).mean())) for node in nodes]
        assert found["cells"][2]["h"] == FLAT(sizes, rel=1e-12) and found["cells"][0]["c"] is None


def test_after_training_the_gates_keep_what_the_simple_rnn_loses() -> None:
    """Where nobody says otherwise: copy memory over a long wait, with the preset's numbers, so long that the gates have learned to stand open."""
    session = Session(make())
    found = [each for each in session.memory() if each][-1]
    rnn, gru, lstm = (cell["h"][0] / cell["h"][-1] for cell in found["cells"])
    assert not found["own"] and found["updates"] == 300 and found["seed"] == 7
    assert rnn < 0.01 and gru > 0.05 and lstm > 10 * rnn and found["cells"][1]["loss"] < found["cells"][0]["loss"] / 2
    untrained = [each for each in session.memory(0) if each][-1]
    assert "half open" in untrained["sentence"] and "half open" not in found["sentence"]
    assert untrained["cells"][0]["h"][0] > untrained["cells"][2]["h"][0]


def test_a_large_network_is_compared_after_fewer_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are predicted to be done in time, by the cell with the most gates; where even a few are too long, untrained."""
    session = recurrent("rnn")
    found = []
    for milliseconds in (1e9, 30, 0):
        monkeypatch.setattr(engine.memory, "PATIENCE", milliseconds)
        found.append([each for each in session.memory() if each][-1]["updates"])
    assert found[0] == 300 and found[0] > found[1] > found[2] == 0


def test_where_there_is_a_loss_at_each_step_the_last_one_alone_is_followed_back() -> None:
    """By forward passes alone: the gradient is that of the last step's loss, all examples added up, and of no other's."""
    data = {"kind": "copy_memory", "rows": 5, "delay": 1, "length": 1, "test_share": 0}
    layers = [{"kind": "rnn", "units": 2, "returns": "sequence"}, linear(4)]
    session = Session(make(data=data, layers=layers, loss={"kind": "categorical_cross_entropy_with_logits"}))
    program = Program(session.network.record(5), session.parameters_arena, session.gradients_arena)
    program.batch.views[0][...], program.batch.views[1][...] = session.data.rows_of(range(5))
    losses = program.value(program.tape.nodes[program.tape.marks["each"]].inputs[0])
    program.run(0, program.ends["loss"])
    back_from_last_step(program)
    gradient = float(session.gradients_arena.views["0.U"][0, 1])
    ends = []
    for step in (1e-6, -1e-6):
        session.parameters_arena.views["0.U"][0, 1] += step
        program.run(0, program.ends["loss"])
        ends.append(float(losses[:, -1].sum()))
        session.parameters_arena.views["0.U"][0, 1] -= step
    assert (ends[0] - ends[1]) / 2e-6 == FLAT(gradient, rel=1e-6)


def test_what_cannot_be_laid_open_is_refused_in_words() -> None:
    session = recurrent("rnn")
    for ask, words in (
        (lambda: session.sequence(0), "no recurrent layer called 0; there is: 1"),
        (lambda: session.sequence(1, None, "2.W"), "there is: 1.W, 1.b, 1.U"),
        (lambda: session.convolution(1), "none in this network"),
        (lambda: image({"kind": "conv2d"}).convolution(2, filter=9), "no filter called 9; there is: numbers 0 to 3"),
    ):
        with pytest.raises(UnknownName, match=words):
            ask()
    estimated = Session(make(gradient={"kind": "weight_perturbation"}))
    with pytest.raises(OutOfReach, match="no uses of a weight"):
        estimated.uses("parameter:0.W[0,0]")
