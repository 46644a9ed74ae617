"""Moving in time by button, key and cell; what is known follows the program counter."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.stage import ask, pause, session, step


def states(page: Page) -> list[str]:
    """How the program's cells stand, in execution order."""
    found: list[str] = page.locator(".cell").evaluate_all(
        "cells => [...cells].sort((a, b) => a.dataset.first - b.dataset.first).map(cell => cell.dataset.state)"
    )
    return found


def test_the_space_key_plays_and_pauses(page: Page) -> None:
    """Anywhere but on a button, which it presses."""
    pause(page)
    page.locator("#status").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_arrows_step_by_the_chosen_unit(page: Page) -> None:
    """Keys 1 to 5 choose it; the server's position says how far it went."""
    pause(page)
    here = session(page)
    update = ask(page, here)["state"]["position"]["update"]
    page.keyboard.press("4")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#status")).to_contain_text(f"{update + 1} updates done")
    page.keyboard.press("1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#status")).to_contain_text("linear 0 has its weighted sums")
    assert ask(page, here)["state"]["position"] == {"update": update + 1, "instruction": 1}


def test_the_program_fills_as_it_runs(page: Page) -> None:
    """One cell is now, those before it are done, those after it to come; at the end of an update all are done."""
    pause(page)
    assert states(page)[-1] == "now"
    step(page, "op", 3)
    found = states(page)
    assert found.count("now") == 1
    at = found.index("now")
    assert set(found[:at]) == {"done"}
    assert set(found[at + 1 :]) == {"to-come"}
    expect(page.locator(".front span")).to_be_visible()
    expect(page.locator(".front span")).to_have_text("forward front →")
    expect(page.locator(".cell[aria-current=step]")).to_have_count(1)


def test_unknown_is_not_zero(page: Page) -> None:
    """From the first op of a new pass, values and cotangents are unknown until they are reached; the API says which."""
    pause(page)
    assert "?" not in page.locator(".socket").all_inner_texts()
    step(page, "op", 1)
    arriving = page.locator(".socket.arriving")
    expect(arriving).to_have_text(["?"] * arriving.count())
    assert set(arriving.evaluate_all("all => all.map(one => one.dataset.known)")) == {"no"}
    step(page, "pass", 2)
    expect(page.locator(".socket.value").get_by_text("?", exact=True)).to_have_count(0)
    step(page, "op", 2)
    last = page.locator(".neuron").last.locator(".socket.arriving")
    expect(last).not_to_have_text("?")
    assert "?" in arriving.all_inner_texts()


def test_a_cell_is_a_place_to_go(page: Page) -> None:
    """Click a cell: the program stands there, forwards and backwards."""
    pause(page)
    step(page, "op", 1)
    here = session(page)
    update = ask(page, here)["state"]["position"]["update"]
    graph = ask(page, f"{here}/graph")["instructions"]
    goal = next(one["index"] for one in graph if one["phase"] == "backward" and one["short"] == "∂b")
    page.locator(f".cell[data-first='{goal}']").click()
    expect(page.locator(f".cell[data-first='{goal}']")).to_have_attribute("data-state", "now")
    assert ask(page, here)["state"]["position"] == {"update": update, "instruction": goal + 1}
    expect(page.locator(".front span")).to_have_text("← backward front")
    page.locator(".cell[data-first='0']").click()
    expect(page.locator(".cell[data-first='0']")).to_have_attribute("data-state", "now")
    assert ask(page, here)["state"]["position"] == {"update": update, "instruction": 1}


def test_the_status_is_one_live_sentence(page: Page) -> None:
    """Where it stands, what was done, what comes next, in a live region, which keeps silent while it runs."""
    pause(page)
    step(page, "op", 4)
    status = page.get_by_role("status").first
    expect(status).to_have_text(re.compile(r"^Update \d+ · forward, op 4 of \d+ · .+ Next: .+\.$"))
    expect(status).to_have_attribute("aria-live", "polite")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(status).to_contain_text("training")
    expect(status).to_have_attribute("aria-live", "off")


def test_speed_changes_while_it_runs(page: Page) -> None:
    """The slider's end is as fast as possible, and the server hears of it."""
    pause(page)
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(".speed-slider").fill("15")
    expect(page.locator(".speed-text")).to_have_text("fastest")
    page.wait_for_function("path => fetch(path).then((answer) => answer.json()).then(({ state }) => state.running && state.rate === null)", arg=session(page))


def test_keys_are_listed_and_letters_can_be_switched_off(page: Page) -> None:
    """In the page, not over it."""
    pause(page)
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.get_by_label("Letters, digits and ? work as keys").uncheck()
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="gradients", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()
