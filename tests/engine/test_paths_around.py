"""Paths through residual layers and around them."""

import pytest

from engine.position import Position
from engine.session import Session
from tests.engine.networks import linear, make


def test_a_path_says_whether_it_leads_through_a_residual_layer_or_around_it() -> None:
    """Both ways are told; around an unprojected one a path has one factor less than through the layer inside, and all still add up to the gradient."""
    session = Session(make(layers=[linear(2), {"kind": "residual", "layers": [linear(2)]}, linear(2)]))
    session.run(Position(1, 0))
    found = session.paths("parameter:0.W[0,1]", session.batch_examples()[0], 20)
    ways = {way: [row for row in found["rows"] if any(one["text"] == f"{way} residual 1" for one in row["neurons"])] for way in ("through", "around")}
    assert len(ways["through"]) == 2 * len(ways["around"]) and len(found["rows"]) == found["count"] == sum(map(len, ways.values()))
    total = session.gradients(session.batch_examples()[0])["0.W"][0][1]
    assert sum(row["product"] for row in found["rows"]) == pytest.approx(total, rel=1e-12)
    assert [column["skips"] for column in session.graph()["columns"]] == [[], [], ["residual 1"], []]


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_a_path_says_by_which_second_path_of_a_transformer_block_it_goes(norm: str) -> None:
    """Around or through each half, and every row names where it stands, so that no two rows are the same unless their factors differ inside one part."""
    block = {"kind": "transformer_block", "heads": 1, "factor": 1, "norm": norm}
    session = Session(make(layers=[linear(4), {"kind": "reshape", "to": [2, 2]}, block, {"kind": "flatten"}, linear(2)]))
    session.run(Position(1, 0))
    example = session.batch_examples()[0]
    found = session.paths("parameter:0.b[0]", example, 500)
    halves = ["the attention of transformer block 2", "the MLP of transformer block 2"]
    assert [column["skips"] for column in session.graph()["columns"] if column["skips"]] == [halves]
    for half in halves:
        ways = [[one["text"].split()[0] for one in row["neurons"] if one["text"].endswith(half)] for row in found["rows"]]
        assert all(len(way) == 1 for way in ways) and {"around", "through"} == {word for way in ways for word in way}
    assert all(row["neurons"] for row in found["rows"])
    assert sum(row["product"] for row in found["rows"]) + (found["remainder"] or {"sum": 0})["sum"] == pytest.approx(
        session.gradients(example)["0.b"][0], rel=1e-9
    )


def test_residual_layers_in_one_another_have_names_of_their_own() -> None:
    inner = {"kind": "residual", "layers": [linear(2)]}
    session = Session(make(layers=[linear(2), {"kind": "residual", "layers": [linear(2), inner]}, linear(2)]))
    session.run(Position(1, 0))
    found = session.paths("parameter:0.W[0,1]", session.batch_examples()[0], 50)
    texts = [[one["text"] for one in row["neurons"] if "residual" in one["text"]] for row in found["rows"]]
    assert {tuple(each) for each in texts} == {
        ("around residual 1",),
        ("through residual 1", "around residual 1, residual 1"),
        ("through residual 1", "through residual 1, residual 1"),
    }
