"""The stream: every weight's gradient in each frame, the next frame only after the last was drawn, the newest first."""

import json
import struct
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

WS = "ws://127.0.0.1:8000"
HEADER = struct.Struct("<HBBIIIII8x")


def frame(socket: Any) -> tuple[tuple[int, ...], bytes]:
    """The next binary message, acknowledged by the caller."""
    while True:
        message = socket.receive()
        if message.get("bytes"):
            return HEADER.unpack(message["bytes"][:32]), message["bytes"]


def test_a_frame_comes_on_connecting_and_on_every_step(client: TestClient, at: str) -> None:
    with client.websocket_connect(f"{WS}{at}/stream") as socket:
        assert "state" in json.loads(socket.receive()["text"])
        header, body = frame(socket)
        assert header[:2] == (0x5042, 1) and (len(body) - 32) % 4 == 0
        socket.send_json({"ack": header[4]})
        client.post(f"{at}/step", json={"unit": "op", "count": 3})
        header, _ = frame(socket)
        assert header[5:7] == (0, 3)


def test_the_frame_holds_the_numbers_of_the_api(client: TestClient, at: str) -> None:
    client.post(f"{at}/backward")
    expected = client.get(f"{at}/gradients").json()["gradients"]
    with client.websocket_connect(f"{WS}{at}/stream?fields=gradients") as socket:
        _, body = frame(socket)
    arrays = len(expected)
    numbers = struct.unpack(f"<{(len(body) - 32) // 4}f", body[32:])
    flat = [value for array in expected.values() for row in array for value in (row if isinstance(row, list) else [row])]
    assert numbers[:arrays] == (0,) * arrays
    assert numbers[arrays:] == pytest.approx(flat, rel=1e-6)


def test_no_second_frame_before_the_first_is_drawn(client: TestClient, at: str) -> None:
    """A slow page gets the newest frame, not the old ones."""
    with client.websocket_connect(f"{WS}{at}/stream") as socket:
        first, _ = frame(socket)
        for _ in range(5):
            client.post(f"{at}/step", json={"unit": "batch"})
        socket.send_json({"ack": first[4]})
        second, _ = frame(socket)
        assert second[4] == first[4] + 1 and second[5] == 5


def test_running_streams_fresh_frames(client: TestClient, at: str) -> None:
    with client.websocket_connect(f"{WS}{at}/stream") as socket:
        client.put(f"{at}/run", json={})
        updates = []
        for _ in range(10):
            header, _ = frame(socket)
            updates.append(header[5])
            socket.send_json({"ack": header[4]})
        client.delete(f"{at}/run")
    assert updates == sorted(updates) and updates[-1] > updates[0]


def test_focus_and_nonsense(client: TestClient, at: str) -> None:
    client.post(f"{at}/backward")
    with client.websocket_connect(f"{WS}{at}/stream?fields=values") as socket:
        header, first = frame(socket)
        socket.send_json({"ack": header[4]})
        socket.send_json({"focus": 7})
        header, second = frame(socket)
        assert first[32:] != second[32:]
        socket.send_text("nonsense")
        message = socket.receive()
        while "text" not in message or "detail" not in message["text"]:
            message = socket.receive()
        assert "ack" in message["text"]


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"origin": "null"}, {"host": "evil.example"}])
def test_no_stream_for_another_site(client: TestClient, at: str, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{WS}{at}/stream", headers=headers):
        pass


def test_no_stream_for_another_visitor(client: TestClient, at: str, session: dict[str, Any]) -> None:
    client.cookies.clear()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{WS}{at}/stream"):
        pass
    with client.websocket_connect(f"{WS}{at}/stream", subprotocols=[f"bearer.{session['token']}"]) as socket:
        assert frame(socket)


def test_every_gradient_of_five_thousand_weights_while_they_train(client: TestClient) -> None:
    """A frame for each acknowledgement, each with every weight's gradient, none of an earlier update and nearly all of later ones."""
    wide = [{"kind": "linear", "units": 69}, {"kind": "tanh"}, {"kind": "linear", "units": 69}, {"kind": "tanh"}, {"kind": "linear", "units": 1}]
    made = client.post("/api/sessions", json={"layers": wide}).json()
    assert made["parameters"] > 5000
    at = f"/api/sessions/{made['id']}"
    updates = []
    with client.websocket_connect(f"{WS}{at}/stream?fields=gradients") as socket:
        client.put(f"{at}/run", json={})
        for _ in range(30):
            header, body = frame(socket)
            assert len(body) == 32 + 4 * (6 + made["parameters"])
            updates.append(header[5])
            socket.send_json({"ack": header[4]})
        client.delete(f"{at}/run")
    assert updates == sorted(updates)
    assert len(set(updates)) >= 20


def test_an_example_that_is_not_there_is_said_to_be_so(client: TestClient, at: str) -> None:
    """And the stream goes on with the first of the batch."""
    with client.websocket_connect(f"{WS}{at}/stream?fields=values&example=99999") as socket:
        messages = [socket.receive() for _ in range(3)]
    texts = [json.loads(message["text"]) for message in messages if message.get("text")]
    assert "state" in texts[0] and "99999" in texts[1]["detail"] and messages[2]["bytes"]


def test_states_come_without_an_acknowledgement(client: TestClient, at: str) -> None:
    """A hidden page draws nothing, and still knows whether it runs."""
    with client.websocket_connect(f"{WS}{at}/stream") as socket:
        frame(socket)
        client.put(f"{at}/run", json={})
        client.delete(f"{at}/run")
        states = [socket.receive_json()["state"]]
        while states[-1]["running"]:
            states.append(socket.receive_json()["state"])
    assert states[-1]["running"] is False
