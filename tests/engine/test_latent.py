"""The draw of a variational layer laid open: parts that add up to the engine's gradients, the map, and the decoder from z on."""

from typing import Any

import numpy as np
import pytest

from engine.errors import OutOfReach, SpecError, UnknownName
from engine.session import Session
from tests.engine.networks import linear, make, trained
from tests.engine.test_variational import NAMES, vae
from tests.oracles.vae import Vae, parts_of_the_gradient

EXACT: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-15}


@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("beta", [0.3, 4.0])
def test_both_parts_of_each_gradient_are_the_papers_and_add_up_to_the_engines(units: int, beta: float) -> None:
    session = vae(units, beta=beta)
    program, weights = session.program, Vae(*(session.parameters_arena.views[name] for name in NAMES))
    (noise,) = program.noise.views.values()
    expected = parts_of_the_gradient(program.batch.views[0], noise, weights, beta)
    for row, example in enumerate(session.batch_examples()):
        found = session.latent(None, example)
        assert found["layer"] == 2 and found["through"] and found["example"] == example
        numbers = {name: np.array(value) for name, value in found["numbers"].items()}
        np.testing.assert_allclose(numbers["z"], numbers["mean"] + numbers["spread"] * numbers["noise"], **EXACT)
        np.testing.assert_allclose(numbers["noise"], noise[row], rtol=0)
        for of, (through, divergence) in expected.items():
            parts = found["gradients"][of]
            np.testing.assert_allclose(parts["through"], through[row], **EXACT)
            np.testing.assert_allclose(parts["divergence"], divergence[row], **EXACT)
            np.testing.assert_allclose(np.add(parts["through"], parts["divergence"]), parts["total"], **EXACT)
        for of in ("mean", "log_variance"):
            assert found["gradients"][of]["total"] == session.values(found["nodes"][of], example)["cotangent"]
        assert found["arriving"] == session.values(found["nodes"]["z"], example)["cotangent"]


def test_both_parts_are_what_differences_measure() -> None:
    """A bias of the heads moves μ or s of an example by as much; without the divergence, what is measured is what comes through z."""
    whole, bare = vae(beta=0.7), vae(beta=0)
    example = whole.batch_examples()[1]
    gradients = whole.latent(None, example)["gradients"]
    for k in range(2):
        for of, place in (("mean", k), ("log_variance", 2 + k)):
            measured = whole.check(f"2.b[{place}]", example)["difference"]
            assert gradients[of]["total"][k] == pytest.approx(measured, rel=1e-7)
            assert gradients[of]["through"][k] == pytest.approx(bare.check(f"2.b[{place}]", example)["difference"], rel=1e-7)


def test_a_blocked_draw_passes_exactly_nothing_and_says_so() -> None:
    session = vae(beta=0.5, through=False)
    found = session.latent()
    assert not found["through"] and "The gradient stops at z" in found["sentence"] and any(found["arriving"])
    for of in ("mean", "log_variance", "spread"):
        assert found["gradients"][of]["through"] == [0, 0] and found["gradients"][of]["total"] == found["gradients"][of]["divergence"]


def test_each_part_is_told_as_soon_as_its_operation_has_run() -> None:
    session = Session(vae().network.spec)
    begun = session.latent()
    assert begun["numbers"] is None and begun["arriving"] is None and begun["gradients"]["mean"]["total"] is None
    session.run(session.target_forward())
    assert session.latent()["numbers"] and session.latent()["relations"]["mean"] is None
    place = next(i.index for i in session.program.instructions if i.node == found_draw(session) and i.wrt == "m")
    session.run(type(session.position)(0, place + 1))
    parts = session.latent()["gradients"]["mean"]
    assert parts["through"] and parts["divergence"] is None and parts["total"] is None


def found_draw(session: Session) -> int:
    return next(node.id for node in session.program.tape.nodes if node.op and node.op.name == "reparameterize")


def test_the_map_is_the_encoders_mean_at_the_present_parameters() -> None:
    session = trained(vae(3).network.spec, 4)
    found = session.latent_map(None, 5, 2, 0)
    w = session.parameters_arena.views
    both = np.tanh(session.data.inputs @ w["0.W"] + w["0.b"]) @ w["2.W"] + w["2.b"]
    np.testing.assert_allclose(found["points"], both[: session.data.train][:, [2, 0]], **EXACT)
    np.testing.assert_allclose(found["followed"]["mean"], both[5, :3], **EXACT)
    np.testing.assert_allclose(found["followed"]["spread"], np.exp(both[5, 3:] / 2), **EXACT)
    assert found["axes"] == [2, 0] and found["update"] == 4 and found["labels"] is None
    assert all(low <= -3 < 3 <= high for low, high in found["ranges"])
    assert vae(1).latent_map()["axes"] == [0] and len(vae(1).latent_map()["points"][0]) == 1


def test_classes_are_the_datas_even_where_nothing_trains_on_them() -> None:
    layers = [{"kind": "variational"}, linear(2)]
    session = Session(make(data={"kind": "moons", "rows": 20}, task={"kind": "autoencoder"}, layers=layers))
    found = session.latent_map()
    whole = Session(make(data={"kind": "moons", "rows": 20}, layers=[{"kind": "variational"}, linear(1)], loss={"kind": "binary_cross_entropy_with_logits"}))
    assert whole.data.class_names is not None
    assert list(whole.data.labels or ()) == [whole.data.class_names[int(target)] for target in whole.data.targets[:, 0]]
    iris = Session(make(data={"kind": "iris"}, layers=[{"kind": "variational"}, linear(3)], loss={"kind": "categorical_cross_entropy_with_logits"}))
    assert iris.decoded()["columns"] == list(iris.data.class_names or ()) and sum(iris.decoded()["decoded"]) == pytest.approx(1)
    assert session.data.class_names is None and sorted(set(found["labels"])) == found["classes"] and len(found["classes"]) == 2


def test_the_decoder_runs_from_z_on() -> None:
    """At the mean it is the network's own answer bit by bit, elsewhere the decoder's formula; the session does not move."""
    session = trained(vae().network.spec, 3)
    before, position = session.parameters_arena.flat.copy(), session.position
    found = session.decoded(None, 4)
    assert found["decoded"] == found["reconstruction"] == session.evaluator.prediction(session.data.inputs[[4]])[0].tolist()
    assert found["original"] == session.data.raw[4].tolist() and found["gives_back"]
    w = session.parameters_arena.views
    moved = session.decoded(2, 4, [0.4, -1.5])
    np.testing.assert_allclose(moved["decoded"], np.array([0.4, -1.5]) @ w["3.W"] + w["3.b"], **EXACT)
    assert moved["reconstruction"] == found["reconstruction"] and moved["z"] == [0.4, -1.5]
    assert session.position == position and np.array_equal(before, session.parameters_arena.flat)
    with pytest.raises(SpecError, match="3 numbers came, and this layer describes an example by 2"):
        session.decoded(None, 4, [1, 2, 3])


def test_pictures_come_in_the_datas_own_columns() -> None:
    layers = [{"kind": "variational"}, linear(64)]
    session = Session(make(data={"kind": "digits"}, task={"kind": "autoencoder"}, layers=layers, standardize=True))
    found = session.decoded(None, 0, [0.0, 1.0])
    assert found["image"] == {"height": 8, "width": 8, "max": 16} and found["original"] == session.data.raw[0].tolist()
    w = session.parameters_arena.views
    np.testing.assert_allclose(found["decoded"], (w["1.W"][1] + w["1.b"]) * session.data.scale + session.data.shift, rtol=1e-10)


def test_what_is_not_there_is_refused() -> None:
    session = vae()
    for ask in (lambda: session.latent(1), lambda: session.latent_map(None, None, 2, 0), lambda: session.decoded(None, 99), lambda: session.latent_map(7)):
        with pytest.raises(UnknownName):
            ask()
    for name in ("latent", "latent_map", "decoded"):
        with pytest.raises(OutOfReach, match="add a variational layer"):
            getattr(Session(make()), name)()
