"""The worksheet tab: what is chosen is what is printed, in a page of its own that keeps to its policy, on A4, and in the two texts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Faults
from tests.e2e.stage import barriers, link, pause, preset, ready, session
from tests.e2e.test_code import choose, open_code

Open = Callable[..., Page]


@pytest.fixture
def panel(page: Page) -> Page:
    """The lab at rest, with the worksheet tab open."""
    pause(page)
    open_code(page, "worksheet")
    expect(page.locator("#code").get_by_role("link", name="Open", exact=True)).to_be_visible()
    return page


def printed(panel: Page, server: str, faults: Faults) -> Page:
    """The page that opens."""
    with panel.context.expect_page() as opening:
        panel.locator("#code").get_by_role("link", name="Open", exact=True).click()
    opened: Page = opening.value
    faults.watch(opened, server)
    opened.reload()
    return opened


def blanks(sheet: Page) -> int:
    return sheet.locator("[aria-label=Worksheet] td.asked").count()


def test_the_sheet_that_opens_is_the_one_that_was_chosen(panel: Page, server: str, faults: Faults) -> None:
    """The followed example, with the blanks, the digits and the key that were chosen."""
    code = panel.locator("#code")
    for words in ("weighted sums z", "activations", "the loss", "δ and what arrives", "new weights"):
        code.get_by_label(words).uncheck()
    code.get_by_label("digits").fill("3")
    code.get_by_label("digits").press("Enter")
    code.get_by_label("answer key").uncheck()
    expect(code.get_by_role("link", name="Open", exact=True)).to_have_attribute("href", re.compile(r"digits=3.*key=false.*blanks=gradients&"))
    sheet = printed(panel, server, faults)
    expect(sheet.locator("h1")).to_have_text("One step of backpropagation, by hand")
    assert blanks(sheet) == 37 and sheet.locator("[aria-label='Answer key']").count() == 0
    example = panel.locator("#output input").input_value()
    expect(sheet.locator(".facts")).to_contain_text(f"example {example} ")
    expect(sheet.locator(".small").last).to_contain_text("3 significant digits")


def test_some_blanks_are_drawn_again(panel: Page, server: str, faults: Faults) -> None:
    code = panel.locator("#code")
    code.get_by_role("button", name="some", exact=True).click()
    address = code.get_by_role("link", name="Open", exact=True)
    expect(address).to_have_attribute("href", re.compile("density=some&seed=1"))
    first = printed(panel, server, faults).content()
    code.get_by_role("button", name="Draw again").click()
    expect(address).to_have_attribute("href", re.compile("density=some&seed=2"))
    assert printed(panel, server, faults).content() != first
    code.get_by_role("button", name="nothing", exact=True).click()
    expect(address).to_have_attribute("href", re.compile("density=none"))
    assert blanks(printed(panel, server, faults)) == 0


def test_it_prints_in_black_on_white_with_its_key_on_a_page_of_its_own(open_page: Open, server: str, faults: Faults) -> None:
    """Even where the lab is dark: as a PDF of A4 pages, in which nothing but black and greys is drawn and nothing is wider than the paper."""
    page = open_page(color_scheme="dark", reduced_motion="reduce")
    worked = preset(page, "worked_example")
    page.goto("about:blank")
    page.goto(link(worked))
    ready(page)
    open_code(page, "worksheet")
    sheet = printed(page, server, faults)
    sheet.emulate_media(media="print", color_scheme="dark")
    assert sheet.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    colors = sheet.evaluate("() => [...document.querySelectorAll('body *')].map(each => getComputedStyle(each).color)")
    assert set(colors) == {"rgb(0, 0, 0)"}
    assert sheet.locator(".hint").is_hidden()
    assert sheet.evaluate("() => getComputedStyle(document.querySelector('.sheet.key')).breakBefore") == "page"
    sheet.set_viewport_size({"width": 673, "height": 990})  # the 178 mm between the margins
    assert sheet.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet.pdf(prefer_css_page_size=True))) >= 4


@pytest.mark.parametrize(("form", "name", "holds"), [("LaTeX", "worksheet.tex", r"\begin{tikzpicture}"), ("Markdown", "worksheet.md", "| $x_{1}$ |")])
def test_the_texts_are_shown_and_taken_away(panel: Page, form: str, name: str, holds: str) -> None:
    code = panel.locator("#code")
    code.get_by_role("button", name=form, exact=True).click()
    expect(code.locator(".code-text")).to_contain_text(holds.strip("| "))
    with panel.expect_download() as taken:
        code.get_by_role("button", name="Download", exact=True).click()
    assert taken.value.suggested_filename == name
    address = f"{session(panel)}/worksheet?form={form.lower()}&example={panel.locator('#output input').input_value()}"
    assert taken.value.path().read_text("utf-8") == panel.request.get(address).text() == code.locator(".code-text").text_content()


def test_a_saved_page_is_whole(panel: Page, tmp_path: Path, browser: Any) -> None:
    """Opened as a file, without any server, it has its layout."""
    with panel.expect_download() as taken:
        panel.locator("#code").get_by_role("button", name="Download", exact=True).click()
    taken.value.save_as(tmp_path / "worksheet.html")
    alone = browser.new_page()
    alone.goto((tmp_path / "worksheet.html").as_uri())
    assert alone.evaluate("() => getComputedStyle(document.querySelector('td')).borderTopStyle") == "solid"
    alone.close()


def test_a_network_that_does_not_fit_on_paper_is_refused_in_words(open_page: Open, faults: Faults) -> None:
    faults.allow("413")
    page = open_page(reduced_motion="reduce")
    large = preset(page, "digits")
    page.goto("about:blank")
    page.goto(link(large))
    ready(page)
    open_code(page, "worksheet")
    expect(page.locator("#code")).to_contain_text("the limit here is 64")
    choose(page, "PyTorch")
    expect(page.locator("#code")).to_contain_text("network_torch.py")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(open_page: Open, server: str, faults: Faults, width: int, height: int, scheme: str) -> None:
    """Neither in the tab nor in the worksheet."""
    page = open_page(width=width, height=height, color_scheme=scheme, reduced_motion="reduce")
    ready(page)
    open_code(page, "worksheet")
    sheet = printed(page, server, faults)
    assert barriers(page, "#code") == [] == barriers(sheet)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert sheet.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
