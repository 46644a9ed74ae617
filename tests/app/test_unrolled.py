"""What lies inside a layer, over HTTP: a sequence, a window, the uses of a weight, and three cells side by side."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import refused, visiting

SPEC: dict[str, Any] = {
    "data": {"kind": "digits"}, "batch_size": 4, "loss": {"kind": "categorical_cross_entropy_with_logits"},
    "layers": [{"kind": "reshape", "to": [1, 8, 8]}, {"kind": "conv2d", "filters": 2}, {"kind": "max_pool"}, {"kind": "reshape", "to": [4, 8]},
               {"kind": "gru", "units": 3}, {"kind": "linear", "units": 10}],
}  # fmt: skip


def test_each_is_answered_with_its_numbers_and_refused_in_words() -> None:
    """The same as the engine's, for one network that has them all."""
    with visiting() as client:
        at = _session(client)
        used = client.get(f"{at}/explain/uses", params={"target": "parameter:1.W[1,0,2,2]"}).json()
        assert used["count"] == 49 and used["shape"] == [8, 8] and "rows" in used
        found = client.get(f"{at}/sequence", params={"layer": 4, "of": "4.W"}).json()
        assert found["steps"] == 4 and [each["rows"][0]["part"] is not None for each in found["shared"]] == [True, False, False, False]
        window = client.get(f"{at}/convolution", params={"layer": 1, "filter": 1, "at": "99,3", "tap": "1,1"}).json()
        assert window["at"] == [7, 3] and len(window["window"]) == 9
        assert client.get(f"{at}/convolution", params={"layer": 2}).json()["winners"]
        memory = client.get(f"{at}/memory", params={"updates": 0}).json()
        assert [cell["kind"] for cell in memory["cells"]] == ["rnn", "gru", "lstm"] and memory["updates"] == 0
        refused(
            client,
            at,
            ("sequence?layer=1", 404, "no recurrent layer called 1; there is: 4"),
            ("convolution?layer=1&channel=3", 404, "numbers 0 to 0"),
            ("convolution?layer=1&at=1", 422, "at"),
            ("normalization", 409, "othing is normalised"),
            ("memory?updates=501", 422, "500"),
            ("explain/uses?target=value:3[0]", 404, "There is no"),
        )


def test_a_normalisation_is_answered_with_its_parts() -> None:
    """The parts add up to the program's own gradient, over HTTP as in the engine."""
    layers = [{"kind": "linear", "units": 3}, {"kind": "batch_norm"}, {"kind": "layer_norm"}, {"kind": "linear", "units": 10}]
    with visiting() as client:
        at = _session(client, {**SPEC, "layers": layers})
        found = client.get(f"{at}/normalization", params={"unit": 2}).json()
        assert [each["label"] for each in found["all"]] == ["batch norm 1", "layer normalisation 2"] and found["count"] == 4
        own = next(one for one in found["members"] if one["own"])
        value = client.get(f"{at}/values/{found['input']}", params={"example": found["example"]}).json()
        assert own["total"] == value["cotangent"][2] and own["x"] == value["value"][2] and own["number"] == found["example"]
        assert own["direct"] + own["mean"] + own["variance"] == pytest.approx(own["total"], rel=1e-9)
        other = client.get(f"{at}/normalization", params={"node": found["all"][1]["node"]}).json()
        assert other["kind"] == "layer" and len(other["members"]) == 3
        refused = client.get(f"{at}/normalization", params={"unit": 3})
        assert refused.status_code == 404 and "units 0 to 2" in refused.text


def test_a_layer_inside_another_is_chosen_by_its_scope() -> None:
    """The graph says which there are; a number alone means the first in that layer."""
    kernel = {"kind": "conv2d", "filters": 2, "size": 3, "padding": 1}
    cell = {"kind": "lstm", "units": 2, "returns": "sequence"}
    layers = [SPEC["layers"][0], {"kind": "residual", "layers": [kernel, {"kind": "relu"}, {**kernel, "size": 5, "padding": 2}]},
              {"kind": "reshape", "to": [8, 16]}, {"kind": "residual", "layers": [cell, {"kind": "transformer_block", "heads": 1}]}, {"kind": "flatten"},
              {"kind": "linear", "units": 10}]  # fmt: skip
    with visiting() as client:
        at = _session(client, {**SPEC, "layers": layers})
        scopes = [each["scope"] for each in client.get(f"{at}/graph").json()["insides"]]
        assert scopes == ["1.residual/0.conv2d", "1.residual/2.conv2d", "1.residual/skip.conv2d", "3.residual/0.lstm"]
        assert [client.get(f"{at}/convolution", params={"scope": scope}).json()["size"] for scope in scopes[:3]] == [3, 5, 1]
        assert client.get(f"{at}/convolution", params={"layer": 1}).json()["scope"] == scopes[0]
        assert client.get(f"{at}/sequence", params={"layer": 3}).json()["title"] == "residual 3, LSTM 0"
        assert client.get(f"{at}/attention", params={"scope": "3.residual/1.transformer_block"}).json()["layer"] == 3
        refused(client, at, ("convolution?scope=3.residual/0.lstm", 404, "1.residual/skip.conv2d"), ("sequence?scope=1", 404, "3.residual/0.lstm"))


def _session(client: TestClient, spec: dict[str, Any] = SPEC) -> str:
    at = f"/api/sessions/{client.post('/api/sessions', json=spec).json()['id']}"
    client.post(f"{at}/step", json={"unit": "batch"})
    return at
