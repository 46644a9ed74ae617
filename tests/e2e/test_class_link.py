"""The link for a class: the same numbers on every machine, large for a projector, and without what a lesson does not need."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine import SessionSpec
from tests.app.conftest import process
from tests.browser import Faults
from tests.e2e.stage import WCAG, barriers, link, ready

Open = Callable[..., Page]

PARTS = {"setup": "#setup-card", "inspector": "#inspector", "output": "#output-card", "run": "#run"}


def weights(page: Page) -> Any:
    """The parameters of the session on the page."""
    sessions = page.request.get("/api/sessions").json()["sessions"]
    return page.request.get(f"/api/sessions/{sessions[-1]['id']}/parameters").json()["parameters"]


def test_a_class_sees_the_same_moment_without_what_it_does_not_need(open_page: Open) -> None:
    """The teacher's page stays as it is; the pupils' has the same position and weights, to the last bit, in large type and without the parts left out."""
    teacher = open_page(reduced_motion="reduce")
    ready(teacher)
    for _ in range(3):
        before = teacher.locator("#status").inner_text()
        teacher.keyboard.press("ArrowRight")
        expect(teacher.locator("#status")).not_to_have_text(before)
    teacher.get_by_role("button", name="Lessons", exact=True).click()
    for words in ("Large, for a projector", "Without the menu", "Without the run"):
        teacher.get_by_label(words).check()
    teacher.get_by_role("button", name="Copy the link for a class").click()
    expect(teacher.locator("#notices")).to_contain_text("your class will see")
    link = teacher.evaluate("() => navigator.clipboard.readText()")
    assert link.endswith("&view=projector&hide=menu,run") and "view=" not in teacher.url

    pupil = open_page(path=link[link.index("/#") :], reduced_motion="reduce")
    ready(pupil)
    expect(pupil.locator("#status")).to_have_text(teacher.locator("#status").inner_text())
    assert weights(pupil) == weights(teacher)
    for part in ("#setup-card", "#actions", "#run"):
        expect(pupil.locator(part)).to_be_hidden()
    expect(pupil.locator("#inspector")).to_be_visible()
    size = "() => parseFloat(getComputedStyle(document.querySelector('#status')).fontSize)"
    assert pupil.evaluate(size) > 1.2 * teacher.evaluate(size)
    pupil.get_by_role("button", name="Show everything").click()
    expect(pupil.locator("#setup-card")).to_be_visible()
    assert "view=" not in pupil.url and "lab=" in pupil.url


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize("end", ["view=projector", "hide=setup,menu,inspector,output,run"])
def test_every_look_is_in_order(open_page: Open, width: int, end: str) -> None:
    """Nothing is wider than the page, what is hidden is hidden, and axe finds nothing."""
    page = open_page(width=width, path=f"/#{end}", reduced_motion="reduce")
    ready(page)
    for name, place in PARTS.items():
        if name in end:
            expect(page.locator(place)).to_be_hidden()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page, rules=WCAG) == []


def test_a_link_leads_through_the_door_of_a_class(browser: Browser, faults: Faults) -> None:
    """Who has no cookie is asked for the class word, is told when it is another, and then sees what the link speaks of."""
    faults.allow(r"401")
    spec = SessionSpec(seed=4321).model_dump(mode="json")
    with process("--data", "none", "--class-token", "blue daisies") as (_, address):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address, reduced_motion="reduce")
        page = context.new_page()
        faults.watch(page, address)
        page.goto(link(spec, paused=True))
        page.get_by_label("Class word").fill("red daisies")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("That is not the class word.")
        assert barriers(page, rules=WCAG) == []
        page.get_by_label("Class word").fill("blue daisies")
        page.get_by_role("button", name="Come in").click()
        ready(page)
        at = page.request.get("/api/sessions").json()["sessions"][-1]["id"]
        assert page.request.get(f"/api/sessions/{at}").json()["spec"]["seed"] == 4321
        context.close()


def test_a_learner_goes_on_at_another_machine_and_leaves_it_to_the_next(browser: Browser, faults: Faults, tmp_path: Path) -> None:
    """What was had last is offered, and is the same to the last bit; who comes in afterwards has nothing of it."""
    faults.allow(r"401")
    roster = tmp_path / "class.csv"
    roster.write_text("Ana Lee,quiet-otter\nBo,loud-otter\n", "utf-8")
    with process("--data", "none", "--roster", str(roster)) as (_, address):

        def come_in(page: Page, word: str) -> None:
            page.get_by_label("Your word").fill(word)
            page.keyboard.press("Enter")
            ready(page)

        contexts = [browser.new_context(viewport={"width": width, "height": 900}, base_url=address, reduced_motion="reduce") for width in (1440, 1024)]
        first, second = (context.new_page() for context in contexts)
        for page in (first, second):
            faults.watch(page, address)
        first.goto("/")
        come_in(first, "quiet-otter")
        expect(first.locator("#notices")).to_be_empty()
        before = first.locator("#status").inner_text()
        first.keyboard.press("ArrowRight")
        expect(first.locator("#status")).not_to_have_text(before)
        there = first.locator("#status").inner_text()
        second.goto("/")
        come_in(second, "quiet-otter")
        second.get_by_role("button", name="Go on with it").click()
        expect(second.locator("#status")).to_have_text(there)
        assert second.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        second.get_by_role("link", name="Leave").click()
        expect(second.locator("main")).to_contain_text("You are in as Ana Lee.")
        assert barriers(second, rules=WCAG) == []
        second.get_by_role("button", name="Leave").click()
        come_in(second, "loud-otter")
        expect(second.locator("#notices")).to_be_empty()
        assert len(second.request.get("/api/sessions").json()["sessions"]) == 1
        for context in contexts:
            context.close()


def test_who_comes_back_by_a_link_from_another_site_is_the_same_visitor(open_page: Open, server: str, faults: Faults) -> None:
    """So the page that is open already keeps its session."""
    faults.allow("left the server: http://localhost")
    page = open_page(path="/health")
    visitor = page.request.get("/api/sessions").headers["set-cookie"].split(";")[0]
    page.goto(server.replace("127.0.0.1", "localhost") + "/health")
    with page.expect_response(f"{server}/") as came:
        page.evaluate("address => void location.assign(address)", f"{server}/")
    assert visitor in came.value.request.all_headers()["cookie"]
