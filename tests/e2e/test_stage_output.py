"""The output card: what is drawn is what is predicted, and any example can be followed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, pause, preset, ready, session, step

Open = Callable[..., Page]


def test_a_point_is_followed_by_clicking_it(page: Page) -> None:
    """The nearest point's number goes into the field, and the network speaks of it."""
    pause(page)
    data = ask(page, f"{session(page)}/data")
    (left, right), (bottom, top) = data["ranges"]
    x, y = data["inputs"][3]
    box = page.locator(".plot canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + (x - left) / (right - left) * box["width"], box["y"] + (top - y) / (top - bottom) * box["height"])
    field = page.get_by_label("Followed example, by number")
    found = int(field.input_value())
    near = data["inputs"][found]
    assert abs(near[0] - x) + abs(near[1] - y) < 0.15
    page.get_by_label("Followed example, by number").fill("9")
    page.keyboard.press("Enter")
    name = data["class_names"][data["targets"][9]] if data["class_names"] else str(data["targets"][9])
    expect(page.locator(".loss-words")).to_contain_text(name)


def test_an_impossible_number_is_put_back(page: Page) -> None:
    """The field keeps to the examples that there are."""
    pause(page)
    field = page.get_by_label("Followed example, by number")
    before = field.input_value()
    field.fill("99999")
    page.keyboard.press("Tab")
    expect(field).to_have_value(before)


def test_accuracy_is_the_servers(page: Page) -> None:
    """In whole percent, of training and of test."""
    pause(page)
    page.wait_for_timeout(700)
    accuracy = ask(page, f"{session(page)}/predictions")["accuracy"]
    expect(page.locator("#accuracy")).to_have_text(f"train {accuracy['train'] * 100:.0f} % · test {accuracy['test'] * 100:.0f} %", timeout=READY)


def test_where_one_answer_is_the_most_frequent_by_far_its_share_stands_beside_the_accuracy(page: Page) -> None:
    """Copy memory asks for nothing at most steps; of the two moons there is as much of either, and nothing is said."""
    expect(page.locator("#accuracy")).to_contain_text("train", timeout=READY)
    expect(page.locator(".output-baseline")).to_be_hidden()
    page.goto(link(preset(page, "copy_rnn"), paused=True))
    page.reload()
    ready(page)
    expect(page.locator(".output-baseline")).to_have_text("always “nothing”: 92 %", timeout=READY)


@pytest.mark.parametrize(
    "name, place",
    [("iris", "table.confusion"), ("worked_example", ".plot canvas"), ("spiral", ".plot canvas"), ("vanishing", ".plot canvas"), ("exploding", ".plot canvas")],
)
def test_every_kind_of_output_has_its_picture(open_page: Open, name: str, place: str) -> None:
    """Whatever the data, there is a picture with words."""
    first = open_page(reduced_motion="reduce")
    ready(first)
    page = open_page(path=link(preset(first, name)))
    ready(page)
    expect(page.locator(place).first).to_be_visible(timeout=READY)
    expect(page.locator("#accuracy")).to_contain_text("train", timeout=READY)


def test_any_example_of_a_large_dataset_is_followed(open_page: Open) -> None:
    """All 1,797 digits are on the page: the last one too has its image, its label and its prediction."""
    first = open_page(path="/health")
    page = open_page(reduced_motion="reduce", path=link(preset(first, "digits"), paused=True))
    ready(page)
    step(page, "batch", 1)
    data = ask(page, f"{session(page)}/data?limit=10000")
    last = data["train"] + data["test"] - 1
    field = page.get_by_label("Followed example, by number")
    field.fill(str(last))
    field.press("Enter")
    expect(page.locator(".loss-words")).to_contain_text(f"example {last}")
    expect(page.locator(".loss-words")).to_contain_text(f"true {data['targets'][last]}")
    numbers = page.locator(".images button").evaluate_all("all => all.map((one) => Number(/Example (\\d+)/.exec(one.getAttribute('aria-label'))[1]))")
    assert len(numbers) == 18
    assert sum(number >= data["train"] for number in numbers) >= 17, "the test part is shown, and the worst mistake of the training part"
