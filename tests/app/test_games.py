"""A GAN over HTTP: its samples with the modes, whose turn it is and what stands still in it, and what is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine.presets import presets

FACT = "The discriminator’s weights do not move in the generator’s turn: the gradient only passes through them."


def game(client: TestClient, **changes: Any) -> tuple[str, dict[str, str]]:
    """The preset's session: its address, and the key to it."""
    spec = next(preset["spec"] for preset in presets() if preset["name"] == "ring_gan")
    made = client.post("/api/sessions", json={**spec, **changes}).json()
    return f"/api/sessions/{made['id']}", {"Authorization": f"Bearer {made['token']}"}


def test_a_game_is_played_and_its_samples_are_read(client: TestClient) -> None:
    path, headers = game(client)
    state = client.post(f"{path}/step", json={"unit": "batch", "count": 2}, headers=headers).json()
    assert set(state["losses"]) == {"discriminator", "generator"}
    found = client.get(f"{path}/samples?count=50", headers=headers).json()
    assert len(found["samples"]) == len(found["real"]) == 50 and found["modes"]["of"] == 8
    metrics = client.get(f"{path}/metrics", headers=headers).json()
    assert [player["name"] for player in metrics["players"]] == ["discriminator", "generator"]
    assert client.get(f"{path}/code?form=numpy", headers=headers).status_code == 409


def test_the_two_losses_give_gradients_of_two_sizes(client: TestClient) -> None:
    """1 − D and D, the mean over the samples, and how many times the one is the other; with a sure discriminator they are far apart."""
    path, headers = game(client)
    last = client.get(f"{path}/parameters", headers=headers).json()["parameters"]["4.b"]
    found = client.get(f"{path}/samples?count=50", headers=headers).json()
    mean = sum(found["real"]) / 50
    assert found["slopes"] == pytest.approx({"non_saturating": 1 - mean, "saturating": mean, "ratio": mean / (1 - mean)}, rel=1e-12)
    client.patch(f"{path}/parameters", json={"parameters": {"4.b": [last[0] - 9]}}, headers=headers)
    sure = client.get(f"{path}/samples?count=50", headers=headers).json()["slopes"]
    assert sure["non_saturating"] > 0.99 and sure["ratio"] < 0.01


def test_in_a_turn_the_loss_is_the_players_and_the_others_weights_stand_still(client: TestClient) -> None:
    path, headers = game(client)
    names = client.post(f"{path}/backward", headers=headers).json()
    assert names["loss"] is not None
    state = client.get(path, headers=headers).json()["state"]
    assert state["turn"]["name"] == "discriminator" and state["loss"] == state["losses"]["discriminator"] == names["loss"]
    client.post(f"{path}/step", json={"unit": "pass", "count": 1}, headers=headers)
    before = client.get(f"{path}/parameters", headers=headers).json()["parameters"]
    state = client.post(f"{path}/step", json={"unit": "pass", "count": 3}, headers=headers).json()
    assert (state["turn"], state["phase"]) == ({"name": "generator", "says": FACT}, "backward")
    assert state["loss"] == state["losses"]["generator"] != state["losses"]["discriminator"]
    client.post(f"{path}/step", json={"unit": "pass", "count": 1}, headers=headers)
    after = client.get(f"{path}/parameters", headers=headers).json()["parameters"]
    task = client.get(f"{path}/graph", headers=headers).json()["task"]
    moved = {name for name in after if after[name] != before[name]}
    generator = next(turn for turn in task["turns"] if turn["name"] == "generator")
    assert moved == {name for name in after if int(name.split(".")[0]) in generator["layers"]}
    assert FACT in task["notes"] and generator["says"] == FACT


def test_who_is_not_trained_is_told(client: TestClient) -> None:
    spec = next(preset["spec"] for preset in presets() if preset["name"] == "ring_gan")
    path, headers = game(client, task={**spec["task"], "train": "generator"})
    client.post(f"{path}/forward", headers=headers)
    assert client.get(path, headers=headers).json()["state"]["turn"]["says"].startswith("No weights move in the discriminator’s turn")


def test_without_a_generator_there_are_no_samples(client: TestClient) -> None:
    made = client.post("/api/sessions", json={}).json()
    assert made["state"]["turn"] is None
    refused = client.get(f"/api/sessions/{made['id']}/samples", headers={"Authorization": f"Bearer {made['token']}"})
    assert refused.status_code == 409 and "Only a GAN has a generator" in refused.json()["detail"]
