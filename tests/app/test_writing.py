"""What a network writes, over HTTP."""

from starlette.testclient import TestClient

SPEC = {
    "data": {"kind": "text", "text": "abc" * 20, "steps": 4},
    "layers": [{"kind": "rnn", "units": 2, "returns": "sequence"}, {"kind": "linear", "units": 3}],
    "loss": {"kind": "categorical_cross_entropy_with_logits"},
}


def test_a_text_is_written_and_the_same_again(client: TestClient) -> None:
    at = f"/api/sessions/{client.post('/api/sessions', json=SPEC).json()['id']}"
    asked = {"length": 20, "temperature": 0.8, "start": "ab", "seed": 5}
    first = client.get(f"{at}/sample", params=asked).json()
    assert len(first["text"]) == 20 and set(first["text"]) <= set("abc") and first["start"] == "ab"
    assert client.get(f"{at}/sample", params=asked).json() == first
    for wrong in ({"temperature": 6}, {"length": 0}, {"start": "z"}, {"seed": -1}):
        assert client.get(f"{at}/sample", params=wrong).status_code == 422


def test_a_network_that_reads_no_text_does_not_write(client: TestClient, at: str) -> None:
    answer = client.get(f"{at}/sample")
    assert answer.status_code == 409 and "Only a network that reads a text can write on" in answer.json()["detail"]
