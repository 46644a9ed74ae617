"""The timeline: any place of the run by drag and by key, the network following, and marks that say what was changed."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage import READY, ask, ready, session

Open = Callable[..., Page]


def send(page: Page, path: str, method: str, body: Any) -> Any:
    """Act as the page's own visitor."""
    script = (
        """async ([path, method, body]) => (await fetch(path, {method, headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)})).json()"""
    )
    return page.evaluate(script, [path, method, body])


def trained(open_page: Open, updates: int = 200, **options: Any) -> tuple[Page, str]:
    """A page that stands still after so many updates, and the address of its session."""
    page = open_page(reduced_motion="reduce", **options)
    ready(page)
    at = session(page)
    send(page, f"{at}/step", "POST", {"count": updates})
    expect(page.locator(".run-where")).to_have_text(f"{updates:,}", timeout=READY)
    return page, at


def stands(page: Page, at: str, update: int, instruction: int = 0) -> None:
    """The page and the server stand at this place."""
    expect(page.locator(".run-where")).to_have_text(f"{update:,}", timeout=READY)
    script = "([at, place]) => fetch(at).then(a => a.json()).then(({position}) => position.update === place[0] && position.instruction === place[1])"
    page.wait_for_function(script, arg=[at, [update, instruction]])


def drag(page: Page, track: Locator, shares: list[float], *, inset: int, below: float = 0) -> None:
    """Take a thumb by the hand, lead it over these shares of its track, and let go there or so far below."""
    box = track.bounding_box()
    assert box
    left, width, y = box["x"] + inset, box["width"] - 2 * inset, box["y"] + box["height"] / 2
    now, most = float(track.input_value()), float(track.get_attribute("max") or 1)
    page.mouse.move(left + width * now / most, y)
    page.mouse.down()
    for share in shares:
        page.mouse.move(left + width * share, y, steps=4)
    page.mouse.move(left + width * shares[-1], y + below)
    page.mouse.up()


def test_the_run_is_scrubbed_by_hand(open_page: Open) -> None:
    """While the thumb is dragged the network follows, and where it is let go the server stands with the numbers of the first time."""
    page, at = trained(open_page)
    send(page, f"{at}/position", "PUT", {"update": 50})
    first = ask(page, f"{at}/gradients")["gradients"]
    send(page, f"{at}/position", "PUT", {"update": 200})
    expect(page.locator(".run-where")).to_have_text("200", timeout=READY)
    track = page.locator(".run-track")
    drag(page, track, [0.9, 0.6, 0.1, 0.25], inset=8)
    stands(page, at, int(track.input_value()))
    assert abs(int(track.input_value()) - 50) <= 1
    send(page, f"{at}/position", "PUT", {"update": 50})
    assert ask(page, f"{at}/gradients")["gradients"] == first
    expect(page.locator(".run-track")).to_have_attribute("max", "200")


def test_the_network_is_drawn_while_the_hand_still_holds(open_page: Open) -> None:
    page, _ = trained(open_page)
    box = page.locator(".run-track").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + 0.5 * (box["width"] - 16), y, steps=8)
    expect(page.locator("#status")).to_contain_text("100 updates done", timeout=READY)
    expect(page.locator(".run-where")).to_have_text("100")
    page.mouse.up()


def test_a_run_is_stopped_by_scrubbing(page: Page) -> None:
    ready(page)
    expect(page.locator(".run-where")).not_to_have_text("0", timeout=READY)
    page.locator(".run-track").focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stands(page, session(page), 0)


def test_keys_step_over_the_run(open_page: Open) -> None:
    """Arrows by updates, with shift by operations, pages by epochs, Home and End to the ends; the status says where."""
    page, at = trained(open_page, 100)
    page.locator(".run-track").focus()
    for key, place in (("ArrowLeft", (99, 0)), ("PageDown", (90, 0)), ("ArrowRight", (91, 0)), ("Shift+ArrowRight", (91, 1)), ("Shift+ArrowLeft", (91, 0)),
                       ("Home", (0, 0)), ("End", (100, 0)), ("Shift+ArrowLeft", (99, ask(page, f"{at}")["instructions"] - 1))):  # fmt: skip
        page.keyboard.press(key)
        stands(page, at, *place)
    expect(page.locator(".run-track")).to_have_attribute("aria-valuetext", f"update 99, op {ask(page, at)['instructions'] - 1}")
    expect(page.locator(".run-reach")).to_have_text("back to update 0")


def test_the_operations_of_an_update_are_a_track_of_their_own(open_page: Open) -> None:
    """At its end all of them are done; dragged, the program stands where the thumb does; keys go by one."""
    page, at = trained(open_page, 20)
    count = ask(page, at)["instructions"]
    track = page.locator(".ops-track")
    expect(page.locator(".ops-where")).to_have_text(f"op {count} of {count}")
    drag(page, track, [0.7, 0.3], inset=4, below=60)
    here = int(track.input_value())
    assert 0 < here < count
    stands(page, at, 19, here)
    expect(page.locator("#status")).to_contain_text("Update 19")
    track.focus()
    page.keyboard.press("ArrowRight")
    stands(page, at, 19, here + 1)
    expect(track).to_have_attribute("aria-valuetext", f"op {here + 1} of {count}, " + phase_of(ask(page, f"{at}/graph")["instructions"][here]))
    page.keyboard.press("End")
    stands(page, at, 20)
    page.keyboard.press("Home")
    stands(page, at, 19)


def phase_of(instruction: dict[str, Any]) -> str:
    return f"{instruction['phase']}: {instruction['done']}"


def test_marks_say_what_was_changed(open_page: Open) -> None:
    """An edit, a setting and a branch: each to be hovered and focused, each a way to its place; neighbours are one mark."""
    page, at = trained(open_page, 30)
    send(page, f"{at}/parameters", "PATCH", {"parameters": {"0.W[0,1]": 0.5}})
    send(page, f"{at}/step", "POST", {"count": 50})
    send(page, f"{at}/settings", "PATCH", {"learning_rate": 0.3})
    send(page, f"{at}/step", "POST", {"count": 40})
    send(page, f"{at}/position", "PUT", {"update": 100})
    send(page, f"{at}/branches", "POST", {"name": "mine"})
    flags = page.locator(".run-flag")
    expect(flags).to_have_count(3, timeout=READY)
    assert flags.evaluate_all("all => all.map(one => one.dataset.kind)") == ["edit", "settings", "branch"]
    flags.nth(0).hover()
    expect(page.locator(".run-tip")).to_contain_text("update 30 · 0.W[0,1] set to 0.5")
    flags.nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(flags.nth(1)).to_be_focused()
    expect(page.locator(".run-tip")).to_contain_text("update 80 · rate 0.3 instead of 0.1")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".run-tip")).to_contain_text("branch 1 parts here; it goes to update 120")
    flags.nth(1).click()
    stands(page, at, 80)
    send(page, f"{at}/settings", "PATCH", {"l2": 0.1})
    expect(page.locator(".run-flag[data-kind=several]")).to_have_text("4", timeout=READY)


def test_the_form_shows_what_is_in_force_there(open_page: Open) -> None:
    """Going back before a change of settings brings the old ones back into the form, as it does into the run."""
    page, at = trained(open_page, 20)
    send(page, f"{at}/settings", "PATCH", {"optimizer": {"kind": "adam", "learning_rate": 0.02}})
    send(page, f"{at}/step", "POST", {"count": 10})
    field = page.locator("#field-optimizer")
    expect(field).to_have_value("adam", timeout=READY)
    page.locator(".run-track").focus()
    page.keyboard.press("Home")
    expect(field).to_have_value("sgd", timeout=READY)
    page.keyboard.press("End")
    expect(field).to_have_value("adam", timeout=READY)
