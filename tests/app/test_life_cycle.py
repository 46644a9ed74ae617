"""The life of sessions over HTTP, in any order of events, against a plain reference: a new session that is only ever run forward."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from engine import Position, Session, SessionSpec
from tests.app.conftest import HOST, eventually

UNITS = st.sampled_from(["op", "layer", "pass", "batch", "epoch"])
SPECS: list[dict[str, Any]] = [
    {
        "seed": 3, "data": {"kind": "moons", "rows": 20}, "batch_size": 6,
        "layers": [{"kind": "linear", "units": 3}, {"kind": "tanh"}, {"kind": "linear", "units": 1}],
    },
    {
        "data": {"kind": "xor"}, "batch_size": 64, "optimizer": {"kind": "adam"}, "loss": {"kind": "mean_squared_error"},
        "layers": [{"kind": "linear", "units": 2}, {"kind": "dropout"}, {"kind": "relu"}, {"kind": "linear", "units": 1}],
    },
]  # fmt: skip


@dataclass
class Told:
    """What a session was told, each with the position at which it was."""

    at: str
    spec: dict[str, Any]
    position: Position = field(default_factory=lambda: Position(0, 0))
    commands: list[tuple[Position, str, dict[str, Any]]] = field(default_factory=list)

    def tell(self, kind: str, change: dict[str, Any]) -> None:
        """A command in the past takes the place of what had followed."""
        self.commands = [each for each in self.commands if each[0] <= self.position] + [(self.position, kind, change)]

    def parameters(self) -> Any:
        """The parameters of a session that went here without ever turning back."""
        session = Session(SessionSpec.model_validate(self.spec))
        for position, kind, change in self.commands:
            if position <= self.position:
                session.run(position)
                getattr(session, kind)(change)
        session.run(self.position)
        return session.parameters()


class Life(RuleBasedStateMachine):
    """Sessions begin, move both ways, are changed, run, and end."""

    living = Bundle("living")

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        app = create_app(Settings())
        self.client = self.stack.enter_context(TestClient(app, base_url=HOST))
        self.other = TestClient(app, base_url=HOST)
        self.known: list[Told] = []

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(target=living, spec=st.sampled_from(SPECS))
    def begin(self, spec: dict[str, Any]) -> Told:
        made = self.client.post("/api/sessions", json=spec).json()
        told = Told(f"/api/sessions/{made['id']}", spec)
        self.known.append(told)
        return told

    @rule(told=living, unit=UNITS, count=st.integers(-6, 6).filter(bool))
    def step(self, told: Told, unit: str, count: int) -> None:
        self.moved(told, self.client.post(f"{told.at}/step", json={"unit": unit, "count": count}), back=count < 0)

    @rule(told=living, update=st.integers(0, 12), instruction=st.integers(0, 5))
    def seek(self, told: Told, update: int, instruction: int) -> None:
        answer = self.client.put(f"{told.at}/position", json={"update": update, "instruction": instruction})
        assert answer.json()["position"] == {"update": update, "instruction": instruction}
        told.position = Position(update, instruction)

    @rule(told=living, on=st.integers(1, 9))
    def train(self, told: Told, on: int) -> None:
        goal = told.position.update + on
        assert self.client.put(f"{told.at}/run", json={"until": goal}).status_code == 200
        eventually(lambda: not self.client.get(told.at).json()["state"]["running"])
        told.position = Position(goal, 0)

    @rule(told=living, value=st.floats(-2, 2, width=32))
    def edit(self, told: Told, value: float) -> None:
        change = {"0.W[0,1]": value}
        assert self.client.patch(f"{told.at}/parameters", json={"parameters": change}).status_code == 200
        told.tell("edit", change)

    @rule(told=living, rate=st.sampled_from([0.003, 0.05, 0.3]))
    def configure(self, told: Told, rate: float) -> None:
        change = {"learning_rate": rate}
        assert self.client.patch(f"{told.at}/settings", json=change).status_code == 200
        told.tell("configure", change)

    @rule(told=living, change=st.sampled_from([{"0.W[9,9]": 1}, {"9.W": [[1]]}, {"0.b": [1]}, {}]))
    def refuse(self, told: Told, change: dict[str, Any]) -> None:
        assert self.client.patch(f"{told.at}/parameters", json={"parameters": change}).status_code in (404, 422)

    @rule(told=living)
    def pry(self, told: Told) -> None:
        assert self.other.get(told.at).status_code == 404 and self.other.delete(told.at).status_code == 404

    @rule(told=consumes(living))
    def end(self, told: Told) -> None:
        self.known.remove(told)
        assert self.client.delete(told.at).status_code == 204
        assert self.client.get(told.at).status_code == 404

    @invariant()
    def as_if_it_had_never_turned_back(self) -> None:
        for told in getattr(self, "known", []):
            found = self.client.get(f"{told.at}/parameters").json()
            assert found["position"] == told.position._asdict()
            assert found["parameters"] == told.parameters()

    def moved(self, told: Told, answer: Any, *, back: bool) -> None:
        """Note where a step went: on, or back, or nowhere where there is nothing before."""
        if answer.status_code != 200:
            assert back and answer.status_code == 409
            return
        position = Position(**answer.json()["position"])
        assert (position < told.position) == back
        told.position = position


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=12, stateful_step_count=20)
