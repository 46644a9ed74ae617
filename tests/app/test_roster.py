"""A class by name: a word for each learner, who is the same visitor wherever the word is said; two that cannot be told apart are refused."""

import json
import logging
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from starlette.testclient import TestClient

from app.ledger import Ledger
from app.main import create_app
from app.records import recording
from app.roster import LETTERS, Learner, draw, proper, read
from app.settings import ROOT, Limits, Settings
from tests.app.conftest import HOST, process
from tests.app.test_door import ask, given

ANA, BO = Learner("Ana Núñez", "quiet-otter-9"), Learner("Bo", "loud-otter-11")
CLASS = f'﻿# 7b\n\n"{ANA.name}", {ANA.word}\n  # away: Cy,not-a-word-of-anyone\nBo,{BO.word}\n'


@contextmanager
def running(*learners: Learner, folder: Path | None = None, log: str | None = None, **limits: int) -> Iterator[Any]:
    """Machines of a class by name: each call is another one, with no cookies yet."""
    bounds = Limits(**limits)
    app = create_app(Settings(limits=bounds, roster=learners or (ANA, BO), log=log), Ledger(folder, bounds.kept) if folder else None)
    with TestClient(app, base_url=HOST, follow_redirects=False) as first:
        yield lambda: TestClient(first.app, base_url=HOST, follow_redirects=False)


def came_in(machine: TestClient, learner: Learner, path: str = "/") -> TestClient:
    """A machine at which a learner has said the word."""
    assert machine.post(path, data={"word": f" {learner.word} "}).status_code == 303
    return machine


def said(learner: Learner) -> dict[str, str]:
    """A script's header."""
    return {"authorization": f"Bearer {learner.word}"}


def ids(machine: TestClient, **more: Any) -> list[str]:
    """The sessions that a visitor finds."""
    return [each["id"] for each in machine.get("/api/sessions", **more).json()["sessions"]]


def test_a_file_is_read_with_its_comments_quotes_and_accents(tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    file.write_text(CLASS, "utf-8")
    assert read(file) == (ANA, BO) and ANA.word not in repr(read(file))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ana,otterotter\nBo,otterotter", "Lines 1 and 2 of class.csv have the same word."),
        ("# 7b\nAna Lee,otterotter\n\nana  LEE ,beaverbeaver", "Lines 2 and 4 of class.csv have the same name."),
        ("Mu\u0308ller,otterotter\nM\u00fcller,beaverbeaver", "Lines 1 and 2 of class.csv have the same name."),
        ("Ana,otterotter\nBo", "Line 2 of class.csv is to be name,word, and no word stands there."),
        ("Ana,short", "has not 8 to 128"),
        ("Lee, Ana,otterotter", "stands in quotes"),
        ('"Ana,otterotter', "stands in quotes"),
        (",otterotter", "a name of 1 to 80"),
        (f"{'a' * 81},otterotter", "a name of 1 to 80"),
        ("A\x07na,otterotter", "a name of 1 to 80"),
        ("# nobody yet\n", "Nobody is named in class.csv."),
        ("Ana,ott\udce9rotter", "not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_by_its_lines(text: str, words: str, tmp_path: Path) -> None:
    """And nothing that stands in it is said again."""
    file = tmp_path / "class.csv"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=words.replace("(", r"\(")) as refused:
        read(file)
    assert "otter" not in str(refused.value) and "Ana" not in str(refused.value)


def test_words_are_drawn_for_names_that_have_none(tmp_path: Path) -> None:
    """Into a file of its own, that its owner alone reads and that nothing is written over."""
    names, file = tmp_path / "names.txt", tmp_path / "class.csv"
    names.write_text(f'Ana Núñez\n"Lee, Bo",{BO.word}\nCy\n', "utf-8")
    assert draw(names, file) == "class.csv has 3 learners, 2 of them with a new word."
    ana, bo, cy = read(file)
    assert (ana.name, bo, cy.name) == ("Ana Núñez", Learner("Lee, Bo", BO.word), "Cy") and ana.word != cy.word
    assert all(proper(each.word) and len(each.word) == 14 and set(each.word) <= {*LETTERS, "-"} for each in (ana, cy))
    assert sys.platform == "win32" or stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(ValueError, match="File exists"):
        draw(names, file)
    command = [sys.executable, "-m", "app", "roster", str(names)]
    answers = [subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, timeout=30) for more in ([], [str(tmp_path / "b.csv")])]
    assert [answer.returncode for answer in answers] == [1, 0] and "two files" in answers[0].stderr and "2 of them" in answers[1].stdout
    assert read(tmp_path / "b.csv")[0].word != ana.word


def test_a_learner_finds_the_same_sessions_on_every_machine() -> None:
    with running() as machine:
        first, other, second = came_in(machine(), ANA), came_in(machine(), BO), came_in(machine(), ANA, "/laboratory")
        made = first.post("/api/sessions", json={}).json()["id"]
        assert ids(second) == [made] and ids(other) == []
        assert second.post(f"/api/sessions/{made}/step", json={}).status_code == 200
        with second.websocket_connect(f"ws://127.0.0.1:8000/api/sessions/{made}/stream") as stream:
            assert "state" in stream.receive_json()
        assert other.get(f"/api/sessions/{made}").status_code == 404
        assert dict(first.cookies) == dict(second.cookies) != dict(other.cookies)
        second.cookies.delete("visitor")
        assert ids(second) == [made]


def test_a_script_says_its_learners_word_or_a_sessions_token() -> None:
    """The word finds and opens what is the learner's, and a token the one session that it belongs to."""
    with running() as machine:
        script = machine()
        made = script.post("/api/sessions", json={}, headers=said(ANA)).json()
        assert not script.cookies
        at = f"/api/sessions/{made['id']}"
        assert ids(came_in(machine(), ANA)) == ids(script, headers=said(ANA)) == [made["id"]]
        assert script.post(f"{at}/step", json={}, headers=said(ANA)).status_code == 200
        with script.websocket_connect(f"ws://127.0.0.1:8000{at}/stream", subprotocols=[f"bearer.{ANA.word}"]) as stream:
            assert "state" in stream.receive_json()
        assert script.get(at, headers=said(BO)).status_code == 404
        assert script.get(at, headers={"authorization": f"Bearer {made['token']}"}).status_code == 200
        assert script.get("/api/sessions", headers={"authorization": f"Bearer {made['token']}"}).status_code == 401


def test_the_page_asks_for_a_word_of_ones_own_and_wrong_ones_are_counted() -> None:
    with running(guesses=2) as machine:
        inside, stranger = came_in(machine(), ANA), machine()
        page = stranger.get("/").text
        assert page.count("<input") == 1 and "Your word" in page and "Leave" not in page
        assert "your own word" in stranger.get("/api/presets").json()["detail"]
        wrong = stranger.post("/", data={"word": ANA.name})
        assert wrong.status_code == 401 and "Nobody in this class has that word." in wrong.text and "set-cookie" not in wrong.headers
        assert stranger.get("/api/presets", headers={"authorization": "Bearer quiet-otter-8"}).status_code == 401
        for answer in (stranger.post("/", data={"word": BO.word}), stranger.get("/api/presets", headers=said(BO))):
            assert answer.status_code == 429 and "Too many wrong words" in answer.text and 0 < int(answer.headers["retry-after"]) <= 60
        assert inside.get("/api/presets").status_code == 200


def test_who_leaves_is_out_and_the_next_one_is_somebody_else() -> None:
    """On a machine that a class shares. The cookies last until the browser is closed."""
    with running() as machine:
        shared = machine()
        came = shared.post("/door", data={"word": ANA.word})
        assert came.headers["location"] == "/" and "max-age" not in came.headers["set-cookie"].lower()
        made = shared.post("/api/sessions", json={}).json()["id"]
        assert 'data-learner="Ana Núñez"' in shared.get("/").text
        page = shared.get("/door")
        assert page.status_code == 200 and "You are in as Ana Núñez." in page.text and "Leave" in page.text and page.headers["cache-control"] == "no-store"
        assert came_in(shared, BO, "/door").get(f"/api/sessions/{made}").status_code == 404
        gone = shared.post("/door", data={"leave": "1"})
        assert (gone.status_code, gone.headers["location"]) == (303, "/") and not shared.cookies
        assert shared.get("/").status_code == shared.get("/door").status_code == 401


def test_a_new_word_ends_the_old_one_and_keeps_the_sessions(tmp_path: Path) -> None:
    """They are of the name, however it is spelt, and its owner comes back to them after a restart."""
    with running(folder=tmp_path) as machine:
        old = came_in(machine(), ANA)
        made = old.post("/api/sessions", json={}).json()["id"]
        kept = dict(old.cookies)
    anew = Learner("ana  NÚÑEZ", "another-otter")
    with running(anew, BO, folder=tmp_path) as machine:
        old = machine()
        old.cookies.update(kept)
        assert old.get("/api/sessions").status_code == 401
        assert ids(came_in(old, anew)) == [made]
    with running(BO, folder=tmp_path) as machine:
        assert old.cookies and machine().post("/", data={"word": anew.word}).status_code == 401


def test_neither_names_nor_words_are_in_a_log_a_cookie_or_an_address() -> None:
    lines = StringIO()
    with recording("json", lines), running(log="json") as machine:
        learner = came_in(machine(), ANA)
        learner.post("/", data={"word": "never-any-otter"})
        learner.post("/api/sessions", json={}, headers=said(BO))
        logging.getLogger("app").warning("%s", Settings(roster=(ANA, BO)))
    told = lines.getvalue() + str(dict(learner.cookies))
    assert '"status": 303' in told and "Settings(" in told
    assert not any(secret in told for secret in ("otter", "Ana", "Bo", "Núñez"))


def test_a_server_by_name_starts_shut_and_a_class_has_one_kind_of_word(tmp_path: Path) -> None:
    """The file is named by an option or a variable; what is wrong with it is one sentence, and nothing is open meanwhile."""
    file = tmp_path / "class.csv"
    file.write_text(CLASS, "utf-8")
    with process("--host", "0.0.0.0", "--data", "none", "--roster", str(file)) as (server, address):
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{address}/api/presets")
        server.terminate()
        assert server.wait(timeout=10) == 0 and server.stdout and server.stderr
        told = server.stdout.read(), server.stderr.read()
    assert "Each of 2 learners" in told[0] and told[1] == ""


def test_every_worker_knows_every_learner(tmp_path: Path) -> None:
    """On one connection after the other each finds what is theirs, in whichever process that is, by word and by cookie."""
    file = tmp_path / "class.csv"
    learners = [Learner(f"learner {number}", f"otter-number-{number}") for number in range(4)]
    file.write_text("".join(f"{each.name},{each.word}\n" for each in learners), "utf-8")
    with process("--data", "none", "--workers", "2", "--roster", str(file)) as (_, address):
        made = [ask(address, "POST", "/api/sessions", {}, **said(each)) for each in learners]
        owned = [json.loads(answer[2])["id"] for answer in made]
        for learner, id_ in zip(learners, owned, strict=True):
            cookies = "; ".join(re.findall("(?:class|visitor)=[^;]+", given(address, learner.word)[1]["set-cookie"]))
            for headers in (said(learner), {"cookie": cookies}):
                assert [each["id"] for each in json.loads(ask(address, "GET", "/api/sessions", **headers)[2])["sessions"]] == [id_]
                assert [ask(address, "GET", f"/api/sessions/{each}", **headers)[0] for each in owned] == [200 if each == id_ else 404 for each in owned]


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--roster", "there/is/none"], "none cannot be read: No such file"), (["--roster", "x", "--class-token", "blue daisies"], "give one of them")],
)
def test_a_roster_that_is_none_is_refused_at_the_start(options: list[str], words: str) -> None:
    command = [sys.executable, "-m", "app", "--host", "0.0.0.0", "--open", "--port", "0", "--no-browser", *options]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 1 and words in answer.stderr and answer.stderr.count("\n") == 1 and answer.stdout == ""
