"""A variational layer over HTTP: the draw, the map, and the decoder at any point."""

import pytest

from tests.app.conftest import refused, visiting

SPEC = {
    "data": {"kind": "digits", "scale": True}, "batch_size": 8, "task": {"kind": "autoencoder"}, "loss": {"kind": "mean_squared_error"},
    "layers": [{"kind": "variational", "units": 2, "beta": 0.1}, {"kind": "linear", "units": 64}],
}  # fmt: skip


def test_each_is_answered_with_its_numbers_and_refused_in_words() -> None:
    """Sums are the program's gradients, the decoder is the prediction at the mean, and reading moves nothing."""
    with visiting() as client:
        at = f"/api/sessions/{client.post('/api/sessions', json=SPEC).json()['id']}"
        client.post(f"{at}/step", json={"unit": "batch"})
        before = client.get(at).json()["state"]
        found = client.get(f"{at}/latent", params={"example": 3}).json()
        mean = client.get(f"{at}/values/{found['nodes']['mean']}", params={"example": 3}).json()
        parts = found["gradients"]["mean"]
        assert parts["total"] == mean["cotangent"] == pytest.approx([a + b for a, b in zip(parts["through"], parts["divergence"], strict=True)], rel=1e-12)
        seen = client.get(f"{at}/latent/map", params={"across": 1, "up": 0, "example": 3}).json()
        assert len(seen["points"]) == len(seen["labels"]) == 400 and seen["of"] == 1438 and len(seen["classes"]) == 10
        assert seen["points"][3] == pytest.approx(seen["followed"]["mean"][::-1], rel=1e-12)
        there = client.get(f"{at}/latent/decoded", params={"example": 3}).json()
        assert there["decoded"] == pytest.approx(client.get(f"{at}/predictions").json()["outputs"][3], rel=1e-12)
        assert there["mean"] == pytest.approx(seen["followed"]["mean"], rel=1e-12)
        moved = client.get(f"{at}/latent/decoded", params={"example": 3, "z": "-1.5,0.25"}).json()
        assert moved["z"] == [-1.5, 0.25] and moved["decoded"] != there["decoded"] and moved["reconstruction"] == there["reconstruction"]
        assert client.get(at).json()["state"] == before
        refused(
            client,
            at,
            ("latent?layer=1", 404, "variational layers: 0"),
            ("latent/map?across=2", 404, "numbers 0 to 1"),
            ("latent/decoded?z=1", 422, "1 numbers came"),
            ("latent/decoded?z=nan,1", 422, "z"),
            ("latent?example=9999", 404, "There is no example"),
        )
