"""The code panel: every tab shows the server's own text, which can be copied, taken away, scrolled by keyboard, and follows the position."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import barriers, link, pause, preset, ready, session, step

Open = Callable[..., Page]
FORMS = {"NumPy": "numpy", "PyTorch": "pytorch", "Keras": "keras"}


def open_code(page: Page, tab: str) -> None:
    """Open the panel at a tab."""
    if page.locator("#more").is_visible():
        page.locator("#more").click()
    page.get_by_role("button", name="Code", exact=True).click()
    choose(page, tab)


def choose(page: Page, tab: str) -> None:
    page.locator("#code .segments").first.get_by_role("button", name=tab, exact=True).click()


def text(page: Page, form: str) -> str:
    """What the server gives for the session on the screen."""
    return page.request.get(f"{session(page)}/code", params={"form": form}).text()


def shown(page: Page) -> str:
    return str(page.locator("#code .code-text").last.text_content())


def heading(page: Page) -> str:
    return page.locator("#code .code-head h3").last.inner_text()


@pytest.mark.parametrize(("tab", "form"), FORMS.items())
def test_a_tab_shows_what_the_server_writes(page: Page, tab: str, form: str) -> None:
    pause(page)
    open_code(page, tab)
    expect(page.locator("#code .code-head h3")).to_contain_text(".py")
    assert shown(page) == text(page, form)


def test_the_session_can_be_driven_by_what_is_shown(page: Page) -> None:
    """The lines name the session and its token, and the Python lines run against the server as they stand."""
    pause(page)
    open_code(page, "session")
    lines = shown(page)
    assert session(page) in lines
    left: dict[str, object] = {}
    exec(compile(lines, "drive.py", "exec"), left)
    expect(page.locator("#status")).to_contain_text("linear 4 has its weighted sums")


def test_stepping_writes_the_new_position_down(page: Page) -> None:
    pause(page)
    open_code(page, "NumPy")
    expect(page.locator("#code .code-head h3")).to_contain_text(", update ")
    before = heading(page)
    page.locator("#status").click()
    step(page, "op")
    expect(page.locator("#code .code-head h3")).not_to_have_text(before)
    expect(page.locator("#code").get_by_role("button", name="Refresh")).to_have_count(0)
    assert shown(page) == text(page, "numpy")


def test_while_it_runs_the_text_stands_still_until_it_is_asked_for(page: Page) -> None:
    ready(page)
    open_code(page, "NumPy")
    refresh = page.locator("#code").get_by_role("button", name="Refresh")
    expect(refresh).to_be_visible(timeout=20_000)
    before = heading(page)
    page.wait_for_timeout(400)
    assert heading(page) == before
    refresh.click()
    expect(page.locator("#code .code-head h3")).not_to_have_text(before)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(refresh).to_have_count(0)


def test_the_text_is_copied_and_taken_away(open_page: Open, tmp_path: Path) -> None:
    """Copy and Download give the very text; a large network's numbers come as the file that its script loads."""
    page = open_page(reduced_motion="reduce")
    large = preset(page, "digits")
    page.goto("about:blank")
    page.goto(link(large))
    ready(page)
    open_code(page, "NumPy")
    expect(page.locator("#code .code-head")).to_contain_text("update.py")
    panel = page.locator("#code")
    panel.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("update.py is copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == text(page, "numpy")
    with page.expect_download() as script:
        panel.get_by_role("button", name="Download", exact=True).click()
    assert script.value.suggested_filename == "update.py" and script.value.path().read_text("utf-8") == text(page, "numpy")
    with page.expect_download() as numbers:
        panel.get_by_role("button", name="Download update.npz").click()
    numbers.value.save_as(tmp_path / "update.npz")
    assert {"x.npy", "y.npy", "0.W.npy", "2.b.npy"} <= set(zipfile.ZipFile(tmp_path / "update.npz").namelist())
    choose(page, "PyTorch")
    expect(panel.get_by_role("button", name="Download start.npz")).to_be_visible()


def test_the_text_is_scrolled_by_keyboard_and_nothing_else_moves(page: Page) -> None:
    pause(page)
    open_code(page, "NumPy")
    expect(page.locator("#code .code-head h3")).to_contain_text(", update ")
    before = page.locator("#status").inner_text()
    page.locator("#code .code-text").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => document.querySelector('#code .code-text').scrollTop > 0")
    for key in ("ArrowRight", " ", "ArrowLeft"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert page.locator("#status").inner_text() == before


def test_another_network_is_written_down_at_once(page: Page) -> None:
    pause(page)
    open_code(page, "PyTorch")
    expect(page.locator("#code")).to_contain_text("moons, 2-4-4-1")
    page.locator("#presets button, #presets summary").first.click()
    page.get_by_role("button", name="XOR").first.click()
    expect(page.locator("#code")).to_contain_text("xor, 2-4-1", timeout=10_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_the_panel_is_in_nobodys_way(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing in any tab, and the page is never wider than the window."""
    page = open_page(width=width, height=height, color_scheme=scheme, reduced_motion="reduce")
    ready(page)
    open_code(page, "session")
    for tab in ("session", *FORMS):
        choose(page, tab)
        expect(page.locator("#code .code-text").first).to_be_visible()
        assert barriers(page, "#code") == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
