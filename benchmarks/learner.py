"""A learner who drives a session on a server that is killed, and the same session here, so that each number can be compared."""

import http.client
import json
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.errors import EngineError
from engine.orders import perform
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec

LOST = (http.client.HTTPException, OSError)
SPECS: tuple[dict[str, Any], ...] = (
    {},
    {"optimizer": {"kind": "adam", "learning_rate": 0.01}, "layers": [{"kind": "linear", "units": 32}, {"kind": "sigmoid"}, {"kind": "linear", "units": 1}]},
    {"batch_size": 7, "l2": 0.001, "clip": {"kind": "norm", "limit": 1}},
    {"layers": [{"kind": "linear", "units": 120}, {"kind": "relu"}, {"kind": "linear", "units": 80}, {"kind": "tanh"}, {"kind": "linear", "units": 1}]},
)
Command = tuple[str, str, dict[str, Any] | None]


@dataclass
class Tally:
    """What was found."""

    kills: int = 0
    answered: int = 0
    refused: int = 0
    lost: int = 0
    different: int = 0
    runs: int = 0
    waits: list[float] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost and no bit differs."""
        return self.answered > 0 and self.lost == self.different == 0

    def __str__(self) -> str:
        waits, back = sorted(self.waits), sorted(self.recoveries)
        times = f"answer p50 {1e3 * waits[len(waits) // 2]:.1f} ms, p99 {1e3 * waits[len(waits) * 99 // 100]:.1f} ms" if waits else ""
        again = f"; a session is back p50 {1e3 * back[len(back) // 2]:.0f} ms, at most {1e3 * back[-1]:.0f} ms after it is asked for" if back else ""
        counts = f"{self.kills} kills ({self.runs} of a session in the middle of a run), {self.answered:,} commands answered ({self.refused} refused)"
        return f"{counts}: {self.lost} lost, {self.different} with other bits; {times}{again}"


class Place(Protocol):
    """Where the server answers, and whether it does."""

    port: int
    up: threading.Event


class Learner(threading.Thread):
    """One learner: a session on the server, and the same one here."""

    def __init__(self, server: Place, number: int, tally: Tally, stop: threading.Event) -> None:
        super().__init__(name=f"learner {number}")
        self.server = server
        self.tally = tally
        self.stop = stop
        self.random = random.Random(number)
        self.spec = SessionSpec.model_validate({**SPECS[number % len(SPECS)], "seed": number})
        self.mine = Session(self.spec)
        self.line: http.client.HTTPConnection | None = None
        made = self.ask("POST", "", json.loads(self.spec.model_dump_json()))[1]
        self.id, self.token = made["id"], made["token"]
        self.running = False

    def run(self) -> None:
        """Give commands until the end, and look what is left of them after every kill."""
        try:
            self.drive()
        finally:
            if self.line:
                self.line.close()

    def drive(self) -> None:
        """Command after command, at random."""
        while not self.stop.is_set():
            command = self.choose()
            try:
                start = time.perf_counter()
                status, answer = self.ask(*command)
                self.tally.waits.append(time.perf_counter() - start)
            except LOST:
                self.compare(command)
                continue
            self.tally.answered += status == 200
            self.tally.refused += status != 200
            self.follow(command, answer if status == 200 else None)
        if self.running:
            self.follow(("DELETE", "/run", None), self.ask("DELETE", "/run", None)[1])
        self.compare(None)

    def choose(self) -> Command:
        """A command at random; a run is stopped by the next."""
        if self.running:
            time.sleep(self.random.uniform(0, 0.05))
            return "DELETE", "/run", None
        name = self.random.choice(list(self.mine.parameters_arena.views))
        units = ["op", "layer", "pass", "batch"]
        place = {"update": self.random.randrange(self.mine.timeline.end.update + 2), "instruction": self.random.randrange(3)}
        chances: list[tuple[int, Command]] = [
            (20, ("POST", "/step", {"unit": self.random.choice(units), "count": self.random.choice([1, 2, 5, 17, -1, -3])})),
            (3, ("POST", "/step", {"unit": "epoch", "count": 1})),
            (2, ("PATCH", "/parameters", {"parameters": {name: self.mine.parameters_arena.views[name].round(3).tolist()}})),
            (1, ("PATCH", "/settings", {"learning_rate": self.random.choice([0.01, 0.02, 0.05])})),
            (2, ("PUT", "/position", place)),
            (1, ("PUT", "/branch", {"id": self.random.randrange(1, 4)})),
            (2, ("PUT", "/run", {})),
        ]
        return self.random.choices([command for _, command in chances], [chance for chance, _ in chances])[0]

    def follow(self, command: Command, answer: dict[str, Any] | None) -> None:
        """Do here what the server has done; where its answer says another place, bits differ."""
        was_running, self.running = self.running, False
        at = Position(**answer["position"]) if answer else None
        if command[1] == "/run":
            self.running = command[0] == "PUT" and (answer is None or answer["running"])
            if was_running and at:
                self.mine.run(at)
        else:
            carry_out(self.mine, command)
        if at and at != self.mine.position and not self.running:
            self.tally.different += 1
            print(f"{self.name}: {command} led to {at}, and should have led to {self.mine.position}")

    def compare(self, unsure: Command | None) -> None:
        """Look what the server has, once it is there again; it may have done the command in flight, or not."""
        there = self.standing()
        if there["ran"]:
            if unsure and unsure[1] != "/run":
                carry_out(self.mine, unsure)
            with suppress(EngineError):
                self.mine.run(Position(**there["position"]))
            unsure, self.running = None, False
        if there["numbers"] == shown(self.mine):
            return
        before = self.mine.position
        if unsure and unsure[1] != "/run":
            carry_out(self.mine, unsure)
        if there["numbers"] != shown(self.mine):
            self.tally.lost += there["position"] != self.mine.position.json()
            self.tally.different += there["position"] == self.mine.position.json()
            print(f"{self.name}: at {there['position']} after {unsure}; here {before}, or {self.mine.position}")

    def standing(self) -> dict[str, Any]:
        """What the server has, with a run stopped that was going on, however often it is killed meanwhile."""
        ran = self.running
        while True:
            self.server.up.wait()
            start = time.perf_counter()
            with suppress(*LOST):
                there = self.look()
                self.tally.recoveries.append(time.perf_counter() - start)
                if there["running"]:
                    ran = True
                    self.ask("DELETE", "/run", None)
                    there = self.look()
                self.tally.runs += ran
                return {**there, "ran": ran}

    def look(self) -> dict[str, Any]:
        """The numbers of the server's session, and where it is."""
        state = self.ask("GET", "", None)[1]["state"]
        numbers = {name: self.ask("GET", f"/{name}", None)[1][name] for name in ("parameters", "gradients", "branches")}
        return {"running": state["running"], "position": state["position"], "numbers": {"position": state["position"], **numbers}}

    def ask(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        """One request over a line that stays open."""
        self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        known = "id" in vars(self)
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {self.token}"} if known else {})}
        try:
            self.line.request(method, f"/api/sessions{f'/{self.id}' if known else ''}{path}", json.dumps(body) if body is not None else None, headers)
            answer = self.line.getresponse()
            return answer.status, json.loads(answer.read())
        except LOST:
            self.line.close()
            self.line = None
            raise


def carry_out(session: Session, command: Command) -> None:
    """What the server does for a command."""
    _, path, body = command
    body = body or {}
    with suppress(EngineError):
        if path == "/parameters":
            perform(session, {"do": "edit", "parameters": body["parameters"]})
        if path == "/settings":
            perform(session, {"do": "configure", "settings": body})
        if path == "/branch":
            perform(session, {"do": "switch", "branch": body["id"]})
        if path in ("/parameters", "/settings"):
            return
        if path == "/branch":
            goal = max(session.position, session.timeline.here)
        elif path == "/position":
            goal = session.reachable(Position(body["update"], body["instruction"]))
        else:
            goal = session.target(body["unit"], body["count"])
            goal = goal if goal < session.position else session.safe(goal)
        session.approach(goal)
        while session.position < goal and not session.seek(goal) and not session.diverged:
            pass


def shown(session: Session) -> dict[str, Any]:
    """The numbers of a session as they are sent."""
    numbers = {
        "position": session.position.json(),
        "parameters": session.parameters(),
        "gradients": session.gradients(),
        "branches": session.branches.json(curves=True),
    }
    found: dict[str, Any] = json.loads(json.dumps(numbers))
    return found
