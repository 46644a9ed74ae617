"""What lies inside a layer, over HTTP: a sequence, a window, the uses of a weight, and three cells side by side."""

from starlette.testclient import TestClient

from tests.app.conftest import visiting

SPEC = {
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
        memory = client.get(f"{at}/memory").json()
        assert [cell["kind"] for cell in memory["cells"]] == ["rnn", "gru", "lstm"] and memory["updates"] == 0
        for path, status, words in (
            ("sequence?layer=1", 404, "no recurrent layer called 1; there is: 4"),
            ("convolution?layer=1&channel=3", 404, "numbers 0 to 0"),
            ("convolution?layer=1&at=1", 422, "at"),
            ("memory?updates=501", 422, "500"),
            ("explain/uses?target=value:3[0]", 404, "There is no"),
        ):
            answer = client.get(f"{at}/{path}")
            assert answer.status_code == status and words in answer.text, (path, answer.text)


def _session(client: TestClient) -> str:
    at = f"/api/sessions/{client.post('/api/sessions', json=SPEC).json()['id']}"
    client.post(f"{at}/step", json={"unit": "batch"})
    return at
