"""A GAN over HTTP: its samples with the modes, both losses, and what is refused."""

from fastapi.testclient import TestClient

from engine.presets import presets


def test_a_game_is_played_and_its_samples_are_read(client: TestClient) -> None:
    spec = next(preset["spec"] for preset in presets() if preset["name"] == "ring_gan")
    made = client.post("/api/sessions", json=spec).json()
    path, headers = f"/api/sessions/{made['id']}", {"Authorization": f"Bearer {made['token']}"}
    state = client.post(f"{path}/step", json={"unit": "batch", "count": 2}, headers=headers).json()
    assert set(state["losses"]) == {"discriminator", "generator"}
    found = client.get(f"{path}/samples?count=50", headers=headers).json()
    assert len(found["samples"]) == len(found["real"]) == 50 and found["modes"]["of"] == 8
    metrics = client.get(f"{path}/metrics", headers=headers).json()
    assert [player["name"] for player in metrics["players"]] == ["discriminator", "generator"]
    assert client.get(f"{path}/code?form=numpy", headers=headers).status_code == 409


def test_without_a_generator_there_are_no_samples(client: TestClient) -> None:
    made = client.post("/api/sessions", json={}).json()
    refused = client.get(f"/api/sessions/{made['id']}/samples", headers={"Authorization": f"Bearer {made['token']}"})
    assert refused.status_code == 409 and "Only a GAN has a generator" in refused.json()["detail"]
