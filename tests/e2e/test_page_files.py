"""What one brings and what one takes away: tables, saved networks, downloads; a wrong file is explained, and nothing is lost by it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Download, FilePayload, Page, expect

from tests.browser import Faults
from tests.e2e.stage import READY, ask, pause, session, step

FLOWERS = "\n".join(
    ["length,width,colour,kind", *(f"{i % 5 + k},{i % 3 - k},{'red' if i % 2 else 'white'},{'rose' if k else 'iris'}" for k in (0, 1) for i in range(12))]
)


def file(name: str, content: str | bytes, kind: str = "text/csv") -> FilePayload:
    """A file as a person would choose it."""
    return {"name": name, "mimeType": kind, "buffer": content.encode() if isinstance(content, str) else content}


def to_setup(page: Page, chosen: FilePayload) -> None:
    """Bring a file by the set-up's own control."""
    if not page.get_by_text("Bring a CSV file…").is_visible():
        page.locator("#setup summary", has_text="more data").click()
    page.locator("#setup input[type=file]").set_input_files(chosen)


def to_top(page: Page, chosen: FilePayload) -> None:
    """Bring a file by the top bar's Open."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open", exact=True).click()
    chooser.value.set_files(chosen)


def taken(page: Page, words: str) -> Download:
    """What the browser saves when this is asked for in the list of downloads."""
    page.locator(".downloads summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=words, exact=True).click()
    expect(page.locator(".downloads-list")).to_be_hidden()
    return download.value


def spec(page: Page) -> Any:
    """The spec of the session on the page."""
    return ask(page, session(page))["spec"]


@pytest.mark.parametrize("bring", [to_setup, to_top], ids=["setup", "top"])
def test_a_table_of_ones_own(page: Page, bring: Any) -> None:
    """A CSV file becomes the data; the network is made to fit it, what was made of each column is said, and another column can be predicted."""
    pause(page)
    bring(page, file("flowers.csv", FLOWERS))
    expect(page.locator("#field-data-words")).to_contain_text("The target is kind, 2 classes: iris, rose", timeout=READY)
    expect(page.locator("#title")).to_contain_text("4-4-4-1", timeout=READY)
    assert spec(page)["data"]["names"] == ["length", "width", "colour=red", "colour=white"]
    step(page, "batch", 1)
    expect(page.locator("#accuracy")).to_contain_text("train", timeout=READY)
    page.get_by_label("predict", exact=True).select_option("length")
    expect(page.locator("#field-data-words")).to_contain_text("The target is length, a number from 0 to 5", timeout=READY)
    expect(page.locator("#setup .form-note", has_text="because the data holds numbers to predict")).to_be_visible()
    expect(page.locator("#title")).to_contain_text("5-4-4-1", timeout=READY)
    assert spec(page)["loss"]["kind"] in ("halved_squared_error", "mean_squared_error")
    step(page, "batch", 1)


@pytest.mark.parametrize(
    "content, says",
    [
        ("a,b,c\n1,2,no\n3,,yes\n", "Row 3, column 2 (b) is empty"),
        (b"\xff\xfe\x00\x01\x02", "not UTF-8"),
        ("", "empty"),
        ("one\n1\n2\n", "one column only"),
    ],
    ids=["missing", "binary", "empty", "one-column"],
)
def test_a_wrong_table_is_explained_and_nothing_is_lost(page: Page, faults: Faults, content: str | bytes, says: str) -> None:
    """Both ways in say which cell, or what kind of file; the network on the page goes on from where it is. Then the same file, put right, is taken."""
    faults.allow("422")
    pause(page)
    before = ask(page, session(page))
    to_setup(page, file("mine.csv", content))
    expect(page.locator("#field-data-words")).to_contain_text(says, ignore_case=True)
    to_top(page, file("mine.csv", content))
    expect(page.locator("#notices [role=alert]")).to_contain_text(says, ignore_case=True)
    after = ask(page, session(page))
    assert (after["id"], after["state"]["position"], after["spec"]) == (before["id"], before["state"]["position"], before["spec"])
    step(page, "op", 1)
    to_setup(page, file("mine.csv", FLOWERS))
    expect(page.locator("#title")).to_contain_text("4-4-4-1", timeout=READY)


def test_a_saved_network_is_opened_again(page: Page, tmp_path: Path) -> None:
    """Save, choose something else, Open: the spec is the same, to the last field."""
    pause(page)
    rate = page.locator("#field-optimizer-learning_rate")
    rate.fill("0.03")
    rate.press("Enter")
    expect(rate).to_have_value("0.03")
    expect(page.locator("#spec-sentence")).to_contain_text("η 0.03")
    before = spec(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save", exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == ".json"
    page.get_by_role("button", name="Presets").click()
    page.locator(".preset", has_text="XOR").click()
    expect(page.locator("#title")).to_contain_text("XOR", timeout=READY)
    to_top(page, file(path.name, path.read_bytes(), "application/json"))
    expect(page.locator("#title")).to_contain_text("two moons", timeout=READY)
    assert spec(page) == before == json.loads(path.read_text())


@pytest.mark.parametrize(
    "content, says",
    [('{"layers": [', "is not a saved network"), ("[1, 2]", "is not a saved network"), ('{"layers": [{"kind": "no such layer"}]}', "layers")],
    ids=["broken", "list", "unknown-layer"],
)
def test_a_wrong_network_is_explained_and_nothing_is_lost(page: Page, faults: Faults, content: str, says: str) -> None:
    """In words, in place; the session on the page is still the one before."""
    faults.allow("422")
    pause(page)
    before = session(page)
    to_top(page, file("network.json", content, "application/json"))
    expect(page.locator("#notices [role=alert]")).to_contain_text(says, timeout=READY)
    assert session(page) == before
    step(page, "op", 1)
    expect(page.locator("#status")).to_contain_text("op 1")


@pytest.mark.parametrize("what", ["parameters", "gradients"])
def test_downloads_hold_the_numbers_of_the_api(page: Page, tmp_path: Path, what: str) -> None:
    """As NumPy's npz and as CSV: every number, to the last bit."""
    pause(page)
    step(page, "batch", 1)
    numbers = ask(page, f"{session(page)}/{what}")[what]
    saved = tmp_path / "numbers.npz"
    taken(page, f"{what}, NumPy").save_as(saved)
    with np.load(saved) as arrays:
        assert {name: arrays[name].tolist() for name in numbers} == numbers
    text = tmp_path / "numbers.csv"
    taken(page, f"{what}, CSV").save_as(text)
    rows = list(csv.reader(io.StringIO(text.read_text())))
    flat = [value for rows_ in numbers.values() for row in rows_ for value in (row if isinstance(row, list) else [row])]
    assert sorted(float(row[-1]) for row in rows[1:]) == sorted(flat)
