"""Attention beyond the laws of every layer: masked cells, tokens, positions, names, and what is refused."""

from typing import Any

import numpy as np
import pytest

from engine.datasets.reversal import Reversal
from engine.errors import OutOfReach, SpecError, UnknownName
from engine.history import accuracy
from engine.ops.attention import MASKED, causal_softmax
from engine.ops.embedding import waves
from engine.position import Position
from engine.presets import presets
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import differentiated, linear, make, step, table, trained

TOKENS = {"kind": "table", "inputs": [[0, 1, 2], [2, 2, 0], [1, 0, 1], [0, 0, 2]], "targets": [[0.1], [0.5], [-0.3], [0.7]]}
EMBEDDING = {"kind": "embedding", "tokens": 3, "units": 4}


def attending(**fields: Any) -> Session:
    """A multi-head attention in the middle of a network, at the end of its first backward pass."""
    layers = [{"kind": "reshape", "to": [3, 4]}, {"kind": "multi_head_attention", **fields}, {"kind": "flatten"}, linear(2)]
    return differentiated(make(data=table(inputs=12), layers=layers))


def arrays(session: Session, name: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A node's value and cotangent."""
    node = next(node for node in session.program.tape.nodes if node.name == name)
    cotangent = session.program.cotangent(node.id)
    assert cotangent is not None
    return session.program.value(node.id), cotangent


def test_a_masked_cell_gets_exactly_zero_and_says_why() -> None:
    session = attending(causal=True)
    weights, _ = arrays(session, "weights")
    later = np.triu_indices(3, 1)
    assert (weights[..., later[0], later[1]] == 0).all() and (np.delete(weights[..., 2, :], [], -1) > 0).all()
    assert np.allclose(weights.sum(axis=-1), 1, rtol=1e-14)
    scores, into = arrays(session, "scores")
    assert (into[..., later[0], later[1]] == 0).all() and (into[..., 2, :] != 0).all()
    assert np.isfinite(scores).all()
    edges = causal_softmax.pulls["x"].edges
    assert edges is not None
    values = {"x": scores, "y": weights}
    assert [(edge.local, edge.formula) for edge in edges((0, 1, 0, 2), values)] == [(0.0, MASKED)]
    assert [edge.out for edge in edges((0, 1, 1, 0), values)] == [(0, 1, 1, 0), (0, 1, 1, 1)]
    node = next(node.id for node in session.program.tape.nodes if node.name == "scores")
    rung = session.explain(f"value:{node}[1,0,2]", session.batch_examples()[0])["ladder"][-1]
    assert [row["product"] for row in rung["rows"]] == [0.0] and "masked" in rung["rows"][0]["local"]["symbol"]


def test_a_causal_answer_does_not_know_what_comes_later() -> None:
    """What stands at the last step changes nothing before it with a mask, and something without."""
    for causal in (True, False):
        session = Session(make(data=table(inputs=6), layers=[{"kind": "reshape", "to": [3, 2]}, {"kind": "transformer_block", "causal": causal},
                                                               {"kind": "flatten"}, linear(2)]))  # fmt: skip
        inputs = session.data.inputs[:2].copy()
        node = next(node.id for node in session.program.tape.nodes if node.layer == 2)
        before = session.evaluator.run(inputs).value(node).reshape(2, 3, 2).copy()
        inputs[:, 4:] += 1
        after = session.evaluator.run(inputs).value(node).reshape(2, 3, 2)
        assert np.array_equal(before[:, :2], after[:, :2]) == causal
        assert not np.array_equal(before[:, 2], after[:, 2])


def test_heads_are_stretches_of_the_units() -> None:
    """Two heads are two attentions with one head over halves of the units."""
    session = attending(heads=2)
    q, k, v = (arrays(session, name)[0] for name in ("queries", "keys", "values"))
    weights, mix = arrays(session, "weights")[0], arrays(session, "mix")[0]
    for head, part in enumerate((slice(0, 2), slice(2, 4))):
        scores = q[..., part] @ k[..., part].swapaxes(1, 2) / np.sqrt(2)
        share = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(weights[:, head], share, rtol=1e-13)
        np.testing.assert_allclose(mix[..., part], share @ v[..., part], rtol=1e-13)


def test_an_embedding_looks_its_tokens_up() -> None:
    """Each token's vector is its row of W, and the row's gradient is what arrives at all places where the token stands."""
    session = differentiated(make(data=TOKENS, batch_size=4, shuffle=False, layers=[EMBEDDING, {"kind": "flatten"}, linear(1)]))
    tokens = np.array(TOKENS["inputs"])
    value, arrived = arrays(session, "embedded")
    W = session.parameters_arena.views["0.W"]
    assert np.array_equal(value, W[tokens])
    expected = [sum(arrived[place] for place in np.ndindex(4, 3) if tokens[place] == token) for token in range(3)]
    np.testing.assert_allclose(session.gradients_arena.views["0.W"], expected, rtol=1e-14)
    assert session.explain("value:0[1]", 0)["gradient"] == 0


@pytest.mark.parametrize(("changes", "field", "words"), [
    ({"data": {**TOKENS, "inputs": [[0, 1, 2], [3, 2, 0], [1, 0, 1], [0, 0, 2]]}}, "layers.0.tokens", r"example \d has 3 in column 1"),
    ({"data": {**TOKENS, "inputs": [[0, 1, 2], [1, 2, 0], [1, 0.5, 1], [0, 0, 2]]}}, "layers.0.tokens", "has 0.5 in column 2"),
    ({"data": {**TOKENS, "inputs": [[0, 1, 2], [1, 2, 0], [1, -1, 1], [0, 0, 2]]}}, "layers.0.tokens", "from 0 to 2"),
    ({"standardize": True}, "layers.0.tokens", "without standardising"),
    ({"layers": [linear(3), EMBEDDING, {"kind": "flatten"}, linear(1)]}, "layers.1.kind", "make it the first layer"),
    ({"layers": [EMBEDDING, {"kind": "multi_head_attention", "heads": 3}, {"kind": "flatten"}, linear(1)]}, "layers.1.heads", "that divides 4"),
    ({"layers": [{"kind": "multi_head_attention"}, linear(1)]}, "layers.0", "attention reads a sequence"),
    ({"layers": [{"kind": "positional_encoding"}, linear(1)]}, "layers.0", "a sequence of steps and values is expected"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_in_words(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(SpecError, match=words) as caught:
        Session(make(**{"data": TOKENS, "layers": [EMBEDDING, {"kind": "flatten"}, linear(1)], **changes}))
    assert caught.value.field == field


def test_waves_are_those_of_the_paper() -> None:
    """Sine and cosine of t / 10000^(2i / units) in turn, at every position and unit; and they are what is added."""
    found = waves(5, 6)
    for t, unit in np.ndindex(5, 6):
        angle = t / 10000 ** (2 * (unit // 2) / 6)
        assert found[t, unit] == pytest.approx(np.cos(angle) if unit % 2 else np.sin(angle), rel=1e-15)
    session = trained(make(data=TOKENS, layers=[EMBEDDING, {"kind": "positional_encoding", "encoding": "sinusoidal"}, {"kind": "flatten"}, linear(1)]), 1)
    (embedded, _), (placed, _) = arrays(session, "embedded"), arrays(session, "placed")
    assert np.array_equal(placed, embedded + waves(3, 4))


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_a_block_is_told_step_by_step(norm: str) -> None:
    """Nested names of parameters, scopes of its parts, and sentences with what each step gives."""
    layers = [EMBEDDING, {"kind": "transformer_block", "norm": norm}, {"kind": "flatten"}, linear(1)]
    session = Session(make(data=TOKENS, layers=layers))
    scopes = [node.scope for node in session.program.tape.nodes if node.layer == 1 and node.op]
    assert {"1.transformer_block/attention/scores", "1.transformer_block/mlp", "1.transformer_block/norm1"} <= set(scopes)
    assert scopes.index("1.transformer_block/norm1") < scopes.index("1.transformer_block/attention/scores") or norm == "post"
    session.edit({"1.attention.Wq[0,3]": 0.25})
    assert session.parameters()["1.attention.Wq"][0][3] == 0.25
    said = []
    while session.position.update == 0:
        said.append(step(session).state()["sentence"])
    for words in ("transformer block 1 has its scores", "has its weights", "has its mix", "the gradient of its attention.Wq", "the gradient of its scores"):
        assert any(words in sentence for sentence in said), words


def test_words_are_said_backwards_or_in_order() -> None:
    for order in ("reversed", "sorted"):
        made = Reversal(rows=40, length=4, tokens=5, order=order).draw(2)
        said = made.targets.reshape(40, 4, 5).argmax(axis=2)
        assert np.array_equal(said, made.inputs[:, ::-1] if order == "reversed" else np.sort(made.inputs, axis=1))
        assert made.class_names == ("A", "B", "C", "D", "E") and made.columns[1] == "letter at step 2"


@pytest.mark.parametrize("order", ["reversed", "sorted"])
def test_a_transformer_learns_to_put_words_into_order(order: str) -> None:
    """The preset has at least 99 % of the letters of the words kept aside right after 150 updates; and for the reversal it looks at the other end."""
    spec = next(preset["spec"] for preset in presets() if preset["name"] == "reversal")
    session = Session(SessionSpec.model_validate({**spec, "data": {"kind": "reversal", "order": order}}))
    assert accuracy(session, "test") < 0.5
    session.run(Position(150, 0), tap=())
    assert accuracy(session, "test") >= 0.99
    if order == "reversed":
        weights = arrays(session, "weights")[0].mean(axis=0)
        assert weights[:, np.arange(5), np.arange(5)[::-1]].max(axis=0).mean() > 0.5


@pytest.mark.parametrize("causal", [True, False])
def test_a_cell_is_laid_open_through_its_softmax_row(causal: bool) -> None:
    """Arriving × slope over the row is what the score gets; its shares over all cells add up to what arrives at queries, keys and values."""
    session, example = attending(heads=2, causal=causal), 2
    shares = {name: np.zeros((3, 2)) for name in ("query", "key", "value")}
    for i, j in np.ndindex(3, 3):
        found = session.attention(None, example, 1, (i, j))
        cell, gradients = found["cell"], found["gradients"]
        assert sum(term["product"] for term in cell["terms"]) == pytest.approx(cell["passed"], rel=1e-12, abs=1e-17)
        assert cell["passed"] == gradients["scores"][i][j] and cell["weight"] == found["fields"]["weights"][i][j]
        assert cell["masked"] == found["masked"][i][j] == (causal and j > i)
        assert not cell["masked"] or (cell["passed"] == 0 and "which comes later" in cell["sentence"] and not any(map(any, (cell["shares"].values()))))
        for name, into in (("query", i), ("key", j), ("value", j)):
            shares[name][into] += cell["shares"][name]
    for name, many in (("query", "queries"), ("key", "keys"), ("value", "values")):
        np.testing.assert_allclose(shares[name], gradients[many], rtol=1e-12, atol=1e-16)
    scores = np.asarray(session.values(found["nodes"]["scores"], example)["cotangent"])[1]
    assert np.array_equal(scores, gradients["scores"])


def test_a_cell_is_told_when_it_is_known() -> None:
    session = Session(make(data=TOKENS, layers=[EMBEDDING, {"kind": "attention"}, {"kind": "flatten"}, linear(1)]))
    begun = session.attention(None, 0, 0, (0, 1))
    assert begun["fields"]["scores"] is None and begun["cell"]["sentence"] == "Nothing is computed here yet."
    session.run(session.target_forward())
    before = session.attention(1, 0, 0, (0, 1))
    assert before["fields"]["weights"] and before["gradients"]["weights"] is None and "not come back" in before["cell"]["sentence"]
    assert before["read"] == [str(token) for token in session.data.raw[0].astype(int)]
    for layer, head, cell in ((3, 0, (0, 0)), (1, 1, (0, 0)), (1, 0, (0, 3))):
        with pytest.raises(UnknownName):
            session.attention(layer, 0, head, cell)
    with pytest.raises(OutOfReach, match="nothing attends"):
        Session(make()).attention(None, 0, 0, (0, 0))
