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
    assert session.graph()["columns"][2]["skip"]
