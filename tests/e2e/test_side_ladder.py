"""The chain rule in the inspector: for weights, neurons and inputs; numbers and picture light each other up; and the batch mean as a sum over n."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage import ask, link, pause, preset, ready, session
from tests.e2e.test_side_inspector import number
from tests.e2e.test_stage_network import box_of, pixel

Open = Callable[..., Page]


@pytest.fixture
def still(page: Page) -> Page:
    """The lab at the end of an update, with a weight of the second layer pinned."""
    pause(page)
    middle = edge(page, "1 2", "2 3", 0.25)
    page.mouse.click(*middle)
    expect(page.locator("#inspector .api-name")).to_have_text("2.W[2,3]")
    expect(page.locator("#inspector .rung").nth(3)).to_be_visible()
    return page


def edge(page: Page, source: str, target: str, share: float) -> tuple[float, float]:
    """A place on the edge between two neurons, on the screen, as far as the curve goes: before the four letters of the target's name it has come down."""
    start, end = box_of(page, source), box_of(page, target)
    place = page.locator("#network").bounding_box()
    assert place
    x0 = start["x"] + start["w"]
    x1 = end["x"] - min(6 + 4 * 6, 0.35 * (end["x"] - x0))
    y0, y1 = start["y"] + start["h"] / 2, end["y"] + end["h"] / 2
    t = share
    x = 1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t**3
    return place["x"] + x0 + (x1 - x0) * x, place["y"] + y0 + (y1 - y0) * t * t * (3 - 2 * t)


def lit(page: Page) -> set[str]:
    """The numbers of the inspector that are lit."""
    return set(page.locator("#inspector .ladder [data-lit]").evaluate_all("all => all.map(one => one.dataset.ref)"))


def ringed(page: Page) -> set[str]:
    """The neurons that are ringed, by column and unit."""
    return set(page.locator(".neuron[data-lit=yes]").evaluate_all("all => all.map(one => one.dataset.place)"))


def away(page: Page) -> None:
    page.mouse.move(700, 5)
    expect(page.locator("#inspector .ladder [data-lit]")).to_have_count(0)


def tile(page: Page, kind: str) -> Locator:
    return page.locator(f"#inspector .ladder [data-ref^='{kind}:']")


def test_a_factor_lights_its_place(still: Page) -> None:
    """Every kind of tile: a weight its edge and both ends, a value, a gradient and a slope their neuron, what is beyond the output the line into the loss."""
    away(still)
    graph = ask(still, f"{session(still)}/graph")
    columns = graph["columns"]
    pinned = {"1 2", "2 3"}
    assert ringed(still) == pinned
    kinds = set()
    for one in still.locator("#inspector .ladder .tile-number[data-ref]").all():
        ref = one.get_attribute("data-ref") or ""
        kind, _, rest = ref.partition(":")
        name, _, index = rest.rstrip("]").partition("[")
        units = index.split(",")
        kinds.add(kind)
        one.hover()
        expect(one).to_have_attribute("data-lit", "")
        if kind in ("parameter", "gradient"):
            found = next(each for each in graph["links"] if each["parameter"] == name)
            places = {f"{found['from']} {units[0]}", f"{found['to']} {units[1]}"}
        else:
            column = next((each["index"] for each in columns if (each["pre"] or 0) <= int(name) <= each["post"]), None)
            places = {f"{column} {unit}" for unit in units} if column is not None else set()
        expect(still.locator(".neuron[data-lit=yes]")).to_have_count(len(pinned | places))
        assert ringed(still) == pinned | places, ref
        away(still)
    assert kinds == {"parameter", "gradient", "value", "cotangent", "slope"}


def test_the_picture_lights_its_factors(still: Page) -> None:
    """Point at edges and neurons of the chain and at the line into the loss: what is drawn there lights up, and nothing else."""
    post = [column["post"] for column in ask(still, f"{session(still)}/graph")["columns"]]
    rungs = ask(still, f"{session(still)}/explain?target=parameter:2.W[2,3]&example={still.get_by_label('Followed example, by number').input_value()}")[
        "ladder"
    ]
    last = rungs[0]["total"]["ref"]
    still.mouse.move(*edge(still, "1 2", "2 3", 0.25))
    expect(tile(still, "gradient")).to_have_attribute("data-lit", "")
    assert lit(still) == {"gradient:2.W[2,3]"}
    still.mouse.move(*edge(still, "2 3", "3 0", 0.25))
    expect(tile(still, "parameter")).to_have_attribute("data-lit", "")
    assert lit(still) == {"parameter:4.W[3,0]"}
    still.locator(".neuron[data-place='1 2']").hover()
    expect(tile(still, "value")).to_have_attribute("data-lit", "")
    assert lit(still) == {f"value:{post[1]}[2]"}
    still.locator(".neuron[data-place='2 3']").hover()
    expect(tile(still, "slope").last).to_have_attribute("data-lit", "")
    assert {ref.split(":")[0] for ref in lit(still)} == {"slope", "cotangent"} and last not in lit(still)
    start, place = box_of(still, "3 0"), still.locator("#network").bounding_box()
    assert place
    still.mouse.move(place["x"] + start["x"] + start["w"] + 20, place["y"] + start["y"] + start["h"] / 2)
    expect(tile(still, "slope").first).to_have_attribute("data-lit", "")
    assert last in lit(still) and {ref.split(":")[0] for ref in lit(still)} == {"slope", "cotangent"}
    still.locator(".neuron[data-place='0 0']").hover()
    expect(still.locator("#inspector .ladder [data-lit]")).to_have_count(0)


def test_the_line_into_the_loss_has_a_halo(still: Page) -> None:
    """The slope of the loss belongs to no neuron: its line is lit, beside its own stroke."""
    away(still)
    start = box_of(still, "3 0")
    x, y = start["x"] + start["w"] + 20, start["y"] + start["h"] / 2
    before = pixel(still, x, y - 4)
    tile(still, "slope").first.hover()
    expect(tile(still, "slope").first).to_have_attribute("data-lit", "")
    after = pixel(still, x, y - 4)
    assert before != after and after[1] > after[0]


@pytest.mark.parametrize(("place", "name"), [("2 3", "h₂,₄"), ("0 1", "x₂"), ("3 0", "z")])
def test_a_neuron_and_an_input_have_their_ladder(still: Page, place: str, name: str) -> None:
    """Each rung of the API is on the page with its number, down to the neuron's sum; an input's says that nobody trains it."""
    away(still)
    still.locator(f".neuron[data-place='{place}']").click()
    expect(still.locator("#inspector h2")).to_be_visible()
    column = ask(still, f"{session(still)}/graph")["columns"][int(place[0])]
    example = still.get_by_label("Followed example, by number").input_value()
    found: dict[str, Any] = ask(still, f"{session(still)}/explain?target=value:{column['post']}[{place[2]}]&example={example}")
    assert found["name"] == name
    rungs = found["ladder"] + found["onward"]
    shown = still.locator("#inspector .ladder .rung")
    expect(shown).to_have_count(len(rungs))
    for index, rung in enumerate(rungs):
        total = shown.nth(index).locator(f"[data-ref='{rung['total']['ref']}'] .digits").last.inner_text().replace("\n", "")
        assert number(total) == pytest.approx(rung["total"]["value"], rel=6e-4)
    expect(still.locator("#inspector .inspector-sentence")).to_contain_text(f"Raise {name} by 0.01")
    expect(still.get_by_text("nothing before it learns")).to_have_count(1 if place[0] == "0" else 0)


def test_a_slope_leads_to_its_neuron(still: Page) -> None:
    tile(still, "slope").last.click()
    expect(still.locator("#inspector h2")).to_have_text("Neuron h2,4")


def test_the_batch_mean_is_a_sum_over_n(still: Page) -> None:
    """Nothing of it while one example is looked at; then rows and fold, their sum, and the sum over 16, with the API's numbers; a row follows its example."""
    block = still.locator("#inspector .batch-mean")
    expect(block).to_have_count(0)
    still.get_by_role("button", name="batch mean", exact=True).click()
    explained = ask(still, f"{session(still)}/explain?target=parameter:2.W[2,3]")
    found = explained["batch"]
    expect(still.locator("#inspector .inspector-sentence")).to_have_text(explained["batch_sentence"])
    expect(still.locator("#inspector .inspector-sentence")).to_contain_text("the batch's mean loss")
    expect(block.locator(".example")).to_have_count(6)
    numbers = [number(text.replace("\n", "")) for text in block.locator(".digits").all_inner_texts()]
    wanted = [*(row["gradient"] for row in found["rows"]), found["folded"]["sum"], found["sum"], found["sum"], found["count"], found["mean"]]
    assert numbers == pytest.approx(wanted, rel=6e-4)
    gradient = number(still.locator("#inspector .fact").nth(1).locator(".digits").inner_text().replace("\n", ""))
    assert gradient == pytest.approx(found["mean"], rel=6e-4)
    block.locator(".example button").last.click()
    expect(still.get_by_label("Followed example, by number")).to_have_value(str(found["rows"][-1]["example"]))


def test_penalties_are_a_row_of_their_own(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    ready(page)
    spec = {**preset(page, "two_moons"), "l2": 0.1}
    page = open_page(path=link(spec, paused=True, scope="batch", pinned="parameter:2.W[2,3]"))
    ready(page)
    page.get_by_role("group", name="One step is one").get_by_text("batch", exact=True).click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#inspector .batch-mean")).to_contain_text("L1 and L2 add")
    expect(page.locator("#inspector .batch-mean")).to_contain_text("gradient of the objective")
