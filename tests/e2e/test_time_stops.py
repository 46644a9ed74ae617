"""Where a run stops by itself: before the first number that is not finite, and at breakpoints; in words, with a way on."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import Faults
from tests.e2e.stage import READY, ask, link, preset, ready, session
from tests.e2e.test_time_timeline import send, stands

Open = Callable[..., Page]
LAYERS = [{"kind": "linear", "units": 3}, {"kind": "leaky_relu"}, {"kind": "linear", "units": 1}]
EXPLODES = {
    "data": {"kind": "diabetes"},
    "standardize": True,
    "layers": LAYERS,
    "loss": {"kind": "mean_squared_error"},
    "optimizer": {"kind": "sgd", "learning_rate": 2},
}


def exploded(open_page: Open) -> tuple[Page, str]:
    """A page whose run has stopped before its first number that is not finite."""
    page = open_page(reduced_motion="reduce", path=link(EXPLODES, paused=True))
    ready(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#notices [role=alert]")).to_contain_text("Stopped before any damage", timeout=READY)
    return page, session(page)


def test_a_run_stops_at_the_operation_before_damage_and_explains(open_page: Open) -> None:
    """The page stands at the offender with it laid open: which number, from what, and what to do; every parameter is finite."""
    page, at = exploded(open_page)
    state = ask(page, at)["state"]
    fault = state["fault"]
    expect(page.locator("#status")).to_contain_text(f"stopped before op {state['position']['instruction'] + 1}")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text(f"Op {fault['position']['instruction'] + 1}", timeout=READY)
    expect(inspector).to_contain_text(f"{fault['element']} would become {fault['value']}")
    for each in fault["inputs"]:
        expect(inspector.locator(".fault")).to_contain_text(each["name"])
    expect(inspector).to_contain_text("smaller learning rate")
    parameters = ask(page, f"{at}/parameters")["parameters"]
    assert all(value is not None for rows in parameters.values() for row in rows for value in (row if isinstance(row, list) else [row]))


def test_one_can_see_it_happen_and_come_back(open_page: Open, faults: Faults) -> None:
    faults.allow("409")
    page, at = exploded(open_page)
    there = ask(page, at)["position"]
    page.get_by_role("button", name="See it happen").click()
    expect(page.locator("#notices [role=alert]")).to_contain_text("Numbers are not finite from here on", timeout=READY)
    expect(page.locator("#status")).to_contain_text("not finite")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("the first number that is not finite", timeout=READY)
    page.get_by_role("button", name="Back to before it").click()
    stands(page, at, there["update"], there["instruction"])
    expect(page.locator("#notices [role=alert]").first).to_contain_text("Stopped before any damage")


def test_going_back_and_changing_the_rate_goes_on_as_a_branch(open_page: Open) -> None:
    """The way on that is offered leads to where the loss was lowest; with a smaller rate it trains, and the exploded future is kept."""
    page, at = exploded(open_page)
    best = ask(page, at)["state"]["fault"]["best"]
    page.get_by_role("button", name=f"Back to update {best}").click()
    stands(page, at, best)
    expect(page.locator("#notices [role=alert]")).to_have_count(0)
    field = page.locator("#setup").get_by_role("textbox", name="rate").first
    field.fill("0.01")
    field.press("Enter")
    expect(page.locator("#notices")).to_contain_text("kept as branch 1", timeout=READY)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("at => fetch(at).then(a => a.json()).then(({position}) => position.update > 8)", arg=at)
    assert ask(page, at)["state"]["diverged"] is False
    assert len(ask(page, f"{at}/branches?curves=false")["branches"]) == 2


def stop_when(page: Page, title: str) -> None:
    """Add a breakpoint of this title."""
    fold = page.locator(".stop-part details")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    page.locator("#field-breakpoint").select_option(label=title)


def test_a_breakpoint_stops_a_run_and_says_why(open_page: Open) -> None:
    """Added by its form; hit at exactly that update; with a way to what it speaks of, and a way on."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    at = session(page)
    stop_when(page, "an example is classified right")
    page.get_by_label("example", exact=True).fill("4")
    page.get_by_label("example", exact=True).press("Enter")
    expect(page.locator(".stop-part summary")).to_have_text("Stop when… (1)")
    page.get_by_role("button", name="Play", exact=True).click()
    notice = page.locator("#notices")
    expect(notice).to_contain_text("Example 4 is classified right", timeout=READY)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert ask(page, f"{at}/predictions")["correct"][4] is True
    update = ask(page, at)["position"]["update"]
    notice.get_by_role("button", name="Show it").click()
    expect(page.get_by_label("Followed example, by number")).to_have_value("4")
    notice.get_by_role("button", name="Go on").click()
    page.wait_for_function("([at, update]) => fetch(at).then(a => a.json()).then(({position}) => position.update > update)", arg=[at, update])
    page.get_by_role("button", name="Pause", exact=True).click()
    send(page, f"{at}/position", "PUT", {"update": update - 1})
    assert ask(page, f"{at}/predictions")["correct"][4] is False


def test_a_breakpoint_is_changed_and_removed(open_page: Open, faults: Faults) -> None:
    """Each field is checked where it stands; an empty one that may be empty is taken; without breakpoints none is sent."""
    faults.allow("422")
    page = open_page(reduced_motion="reduce")
    ready(page)
    stop_when(page, "a gradient leaves a range")
    group = page.get_by_role("group", name="a gradient leaves a range")
    group.get_by_label("high").fill("-1")
    group.get_by_label("high").press("Enter")
    expect(group).to_contain_text("Give a number from 0")
    group.get_by_label("high").fill("0.0001")
    group.get_by_label("high").press("Enter")
    group.get_by_label("layer").fill("1")
    group.get_by_label("layer").press("Enter")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(group).to_contain_text("Layer 1 has no gradient of its own", timeout=READY)
    group.get_by_label("layer").fill("")
    group.get_by_label("layer").press("Enter")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("above 0.0001", timeout=READY)
    page.locator("#notices").get_by_role("button", name="Show it").click()
    expect(page.locator("#inspector")).to_contain_text("Weight", timeout=READY)
    group.get_by_role("button", name="Remove: a gradient leaves a range").click()
    expect(page.locator(".stop-part summary")).to_have_text("Stop when…")


def test_breakpoints_travel_with_the_link(open_page: Open) -> None:
    first = open_page(reduced_motion="reduce")
    ready(first)
    stop_when(first, "the loss rises")
    first.get_by_role("button", name="Copy link").click()
    first.wait_for_function("() => location.hash.startsWith('#lab=')")
    second = open_page(reduced_motion="reduce", path="/" + first.evaluate("() => location.hash"))
    ready(second)
    expect(second.locator(".stop-part summary")).to_have_text("Stop when… (1)", timeout=READY)
    assert preset(second, "two_moons")
