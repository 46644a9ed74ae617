"""Layers inside layers are laid open each by itself: convolutions and the projection of a residual layer, a branch’s layers, a cell, two attentions."""

from typing import Any

import numpy as np
import pytest

from engine.errors import UnknownName
from engine.position import Position
from engine.session import Session
from engine.uses import step_of
from engine.within import called, described, insides, owner
from tests.engine.networks import linear, make, table

CONVOLUTIONS = [{"kind": "conv2d", "filters": 3, "size": 3, "padding": 1}, {"kind": "relu"}, {"kind": "conv2d", "filters": 4, "size": 5, "padding": 2}]


def ended(layers: list[dict[str, Any]], **rest: Any) -> Session:
    """At the end of the second backward pass."""
    session = Session(make(layers=[*layers, {"kind": "flatten"}, linear(2)], **rest))
    session.run(Position(1, 0))
    session.run(session.target_backward())
    return session


def images(layer: dict[str, Any]) -> Session:
    return ended([linear(40), {"kind": "reshape", "to": [2, 5, 4]}, layer])


def read(*layers: dict[str, Any]) -> Session:
    return ended([{"kind": "reshape", "to": [4, 3]}, {"kind": "residual", "layers": list(layers)}], data=table(inputs=12))


def test_each_convolution_of_a_residual_layer_and_its_projection_have_their_own_numbers() -> None:
    session = images({"kind": "residual", "layers": CONVOLUTIONS})
    example = session.batch_examples()[0]
    gradients = session.gradients(example)
    assert [(each["scope"], each["kind"], each["label"]) for each in insides(session)] == [
        ("2.residual/0.conv2d", "window", "residual 2, convolution 0"),
        ("2.residual/2.conv2d", "window", "residual 2, convolution 2"),
        ("2.residual/skip.conv2d", "window", "residual 2, projection"),
    ]
    for scope, name, size in (("0.conv2d", "2.0.W", 3), ("2.conv2d", "2.2.W", 5), ("skip.conv2d", "2.skip.W", 1)):
        found = session.convolution(None, example, scope=f"2.residual/{scope}", filter=1, channel=1)
        assert (found["parameter"], found["size"], found["layer"]) == (name, size, 2)
        np.testing.assert_allclose(found["kernel"]["gradient"], gradients[name][1][1], rtol=1e-12)
        row, column = found["tap"]
        assert np.sum(found["places"]) == pytest.approx(gradients[name][1][1][row][column], rel=1e-12)
    assert session.convolution(2, example)["scope"] == "2.residual/0.conv2d"


def test_each_branch_of_a_concatenation_is_reached_and_what_is_not_there_is_refused() -> None:
    session = images({"kind": "concatenate", "branches": [[CONVOLUTIONS[0]], [], [CONVOLUTIONS[2], {"kind": "max_pool", "size": 1}]]})
    labels = ["convolution 0", "convolution 0", "max pool 1"]
    assert [each["label"] for each in insides(session)] == [f"concatenate 2, branch {branch}, {label}" for branch, label in zip((0, 2, 2), labels, strict=True)]
    assert [session.convolution(scope=each["scope"])["size"] for each in insides(session)] == [3, 5, 1]
    with pytest.raises(UnknownName, match=r"called 2\.concatenate/1\.0\.conv2d; there is: 2\.concatenate/0\.0\.conv2d, 2\.concatenate/2\.0\.conv2d"):
        session.convolution(scope="2.concatenate/1.0.conv2d")


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_cell_inside_a_residual_layer_is_unrolled(kind: str) -> None:
    """Beside another of its kind, whose parameters are not its own."""
    cell = {"kind": kind, "units": 3, "returns": "sequence"}
    session = read(cell, cell)
    example = session.batch_examples()[1]
    gradients = session.gradients(example)
    for number in (0, 1):
        found = session.sequence(scope=f"1.residual/{number}.{kind}", example=example)
        assert found["parameter"] == f"1.{number}.U" and found["title"].startswith("residual 1, ") and found["units"] == 3 and found["steps"] == 4
        assert {each["name"] for each in found["shared"]} == {name for name in gradients if name.startswith(f"1.{number}.")}
        own = next(each for each in found["shared"] if each["name"] == found["parameter"])
        np.testing.assert_allclose(sum(np.array(row["part"]) for row in own["rows"]), gradients[found["parameter"]], rtol=1e-12, atol=1e-15)
        for moment in found["moments"]:
            node = session.program.tape.nodes[moment["h"]["node"]]
            assert step_of(node) == (moment["t"] - 1, "") and moment["h"]["value"] == session.values(node.id, example)["value"]
            assert len(moment["gates"]) == {"rnn": 0, "lstm": 4, "gru": 3}[kind]
    assert session.sequence(1, example)["scope"] == f"1.residual/0.{kind}"


def test_both_blocks_in_a_residual_layer_are_reached_and_told_apart() -> None:
    block = {"kind": "transformer_block", "heads": 1}
    session = read(block, {"kind": "residual", "layers": [block]})
    found = session.attention(None, None, 0, (0, 0))
    assert [each["label"] for each in found["layers"]] == ["residual 1, transformer block 0", "residual 1, residual 1, transformer block 0"]
    seen = [session.attention(None, None, 0, (0, 0), each["scope"]) for each in found["layers"]]
    assert seen[0] == found and seen[0]["nodes"]["scores"] < seen[1]["nodes"]["scores"] and seen[1]["scope"] == found["layers"][1]["scope"]
    assert seen[0]["fields"]["weights"] != seen[1]["fields"]["weights"]
    assert [each["label"] for each in session.normalization()["all"]] == [f"{each['label']}, {number}" for each in found["layers"] for number in (1, 2)]


def test_a_scope_ends_at_its_innermost_layer() -> None:
    session = read({"kind": "gru", "units": 3, "returns": "sequence"})
    node = next(each for each in session.program.tape.nodes if each.name == "reset")
    assert node.scope == "1.residual/0.gru/t=0/reset" and owner(node.scope) == "1.residual/0.gru"
    assert called(session, node) == "residual 1, GRU 0" and described(session.network, node).kind == "gru"
