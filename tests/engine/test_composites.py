"""Layers in layers: what skips really skips, what stands side by side is joined, and every limit and name goes through."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from engine.errors import SpecError, TooLarge
from engine.numeric import relative_error
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, differentiated, linear, make, table, trained

TANH = {"kind": "tanh"}


def residual(*layers: Any) -> dict[str, Any]:
    return {"kind": "residual", "layers": list(layers)}


def test_the_skip_really_skips() -> None:
    """The sum reads its input directly: what arrives at it is the sum's own gradient and, beside it, what came back through the layers inside."""
    session = differentiated(make(layers=[linear(4), residual(linear(4), TANH), linear(2)]))
    tape = session.program.tape
    total = next(node for node in tape.nodes if node.name == "sum")
    inner, skipped = (tape.nodes[number] for number in total.inputs)
    assert (inner.scope, skipped.name, skipped.scope) == ("1.residual/1.tanh", "z", "0.linear")
    assert session.network.shapes.keys() == {"0.W", "0.b", "1.0.W", "1.0.b", "2.W", "2.b"}
    z = next(node for node in tape.nodes if node.scope == "1.residual/0.linear" and node.role == "value")
    own, through, arriving = (session.program.cotangent(node) for node in (total.id, z.id, skipped.id))
    assert own is not None and through is not None
    assert relative_error(arriving, own + through @ session.parameters_arena.views["1.0.W"].T) <= 1e-15


def test_paths_lead_through_and_past() -> None:
    """Of a weight before a residual layer, some paths pass the layers inside, and one for each later weight does not."""
    session = differentiated(make(layers=[linear(2), residual(linear(2), TANH), linear(2)]))
    found = session.paths("parameter:0.W[0,1]")
    through = [row for row in found["rows"] if any("1.0.W" in factor["ref"] for factor in row["factors"])]
    assert found["count"] == len(found["rows"]) == 6 and len(through) == 4
    assert sum(row["product"] for row in found["rows"]) == pytest.approx(found["gradient"], rel=1e-12)


def test_shapes_that_differ_are_projected() -> None:
    """Units by weights, images by a 1 × 1 convolution with the stride that it takes; both learn."""
    session = trained(make(layers=[linear(4), residual(linear(3), TANH), linear(2)]), 2)
    assert session.network.shapes["1.skip.W"] == (4, 3) and np.abs(session.gradients()["1.skip.W"]).min() > 0
    image = {"kind": "reshape", "to": [1, 4, 4]}
    conv = {"kind": "conv2d", "filters": 2, "stride": 2}
    session = trained(make(layers=[linear(16), image, residual(conv, TANH), {"kind": "global_average_pool"}, linear(2)]), 2)
    assert session.network.shapes["2.skip.W"] == (2, 1, 1, 1) and session.check_all()["ok"]


def test_all_of_it_nested() -> None:
    """Residual in residual beside branches, with statistics inside: checked, told as a script, and the same bits by stepping as by running."""
    deep = residual(linear(4, bias=False), {"kind": "batch_norm"}, TANH, residual(linear(3)))
    branches = {"kind": "concatenate", "branches": [[linear(2)], [TANH, deep], []]}
    spec = make(data=table(rows=8), layers=[linear(3), branches, linear(2)], l2=0.01)
    session = trained(spec, 3)
    assert "1.1.1.3.skip.W" in session.network.shapes and session.parameters()["1.1.1.1.running_mean"] != [0.0] * 4
    assert session.check_all()["ok"]
    assert session.check("1.1.1.0.W[0,1]", session.batch_examples()[0])["agrees"]
    session.edit({"1.1.1.1.gamma[2]": 0.5})
    there = bits(session)
    stepped = trained(spec, 2)
    while stepped.position < session.position:
        stepped.run(stepped.target("op", 1))
    stepped.edit({"1.1.1.1.gamma[2]": 0.5})
    assert bits(stepped) == there
    assert "W1_1_1_0" in session.code("numpy")["text"] and "Residual(" in session.code("pytorch")["text"]


@pytest.mark.parametrize(
    ("layers", "field", "says"),
    [
        ([residual(linear(3), {"kind": "conv2d"}), linear(2)], "layers.0.layers.1", "an image"),
        ([residual({"kind": "reshape", "to": [3, 1]}), linear(2)], "layers.0", "to be added"),
        ([linear(4), residual(residual(linear(4), {"kind": "max_pool"})), linear(2)], "layers.1.layers.0.layers.1", "an image"),
        ([{"kind": "concatenate", "branches": [[linear(2)], [{"kind": "reshape", "to": [3, 1]}]]}, linear(2)], "layers.0", "side by side"),
        ([residual(linear(3, init={"kind": "explicit", "values": [[1.0]]})), linear(2)], "layers.0.layers.0", "shape"),
    ],
    ids=["inside", "no-projection", "deeper", "branches", "init"],
)
def test_what_does_not_fit_is_named(layers: Any, field: str, says: str) -> None:
    with pytest.raises(SpecError, match=says) as refused:
        Session(make(layers=layers))
    assert refused.value.field.startswith(field)


def test_depth_and_number_are_bounded() -> None:
    """Three deep and no deeper, however deep it is asked for; what stands inside counts as layers, units and parameters do."""
    nest: dict[str, Any] = TANH
    for _ in range(3):
        nest = residual(nest)
    assert Session(make(layers=[nest, linear(2)])).network.layers[0].count() == 4
    for more in (1, 150):
        deeper = nest
        for _ in range(more):
            deeper = residual(deeper)
        with pytest.raises(ValidationError, match="at most 3 deep"):
            SessionSpec.model_validate({"layers": [deeper]})
    with pytest.raises(TooLarge, match="number of layers"):
        Session(make(layers=[*[residual(*[TANH] * 32)] * 4, linear(2)]))
    with pytest.raises(TooLarge, match="units of a layer"):
        Session(make(layers=[residual(linear(40), linear(3)), linear(2)]), {"units": 32})
    with pytest.raises(TooLarge, match="number of parameters"):
        Session(make(layers=[residual(linear(40), linear(3)), linear(2)]), {"parameters": 200})
