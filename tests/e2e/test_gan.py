"""A GAN on the page: both players' turns, whose columns are whose, what stands still, both losses, what is generated, and one player trained alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.presets import presets
from tests.e2e.stage import READY, ask, link, ready, session, step
from tests.e2e.test_noise import faults_in
from tests.e2e.test_update import advance, choose, number

Open = Callable[..., Page]
FACT = "The discriminator’s weights do not move in the generator’s turn: the gradient only passes through them."
COLORED = """side => {
  const label = document.querySelector(`.player[data-player=${side}]`), canvas = document.querySelector("#network > canvas");
  const end = [...document.querySelectorAll(".neuron")].at(-1).offsetLeft - 8, ratio = canvas.width / canvas.clientWidth;
  const [x, y, right, bottom] = [label.offsetLeft, 30, Math.min(label.offsetLeft + label.offsetWidth - 2, end), canvas.clientHeight - 30];
  const copy = Object.assign(document.createElement("canvas"), { width: (right - x) * ratio, height: (bottom - y) * ratio });
  const brush = copy.getContext("2d", { willReadFrequently: true });
  brush.drawImage(canvas, -x * ratio, -y * ratio);
  const { data } = brush.getImageData(0, 0, copy.width, copy.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) found += data[at + 3] > 200 && (data[at] - data[at + 2] > 60 || data[at + 2] - data[at + 1] > 35);
  return found;
}"""
"""Pixels of a player's stretch that are orange or purple, which only a gradient is; the line into the loss lies behind it."""
NOISE_IS_PLAIN = """() => {
  const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = document.querySelector(".neuron"), canvas = document.querySelector("#network > canvas");
  const copy = Object.assign(document.createElement("canvas"), { width: offsetWidth - 6, height: offsetHeight - 6 });
  const brush = copy.getContext("2d", { willReadFrequently: true });
  brush.drawImage(canvas, -offsetLeft - 3, -offsetTop - 3, canvas.clientWidth, canvas.clientHeight);
  const { data } = brush.getImageData(0, 0, copy.width, copy.height);
  return data.every((value, at) => Math.abs(value - data[at % 4]) < 2);
}"""
"""A number of noise is a shade: no plane of inputs, and no example in it."""
PICTURES: dict[str, Any] = {
    "seed": 3, "batch_size": 16, "data": {"kind": "patterns", "rows": 60}, "optimizer": {"kind": "adam", "learning_rate": 0.01},
    "layers": [{"kind": "linear", "units": 6}, {"kind": "leaky_relu"}, {"kind": "linear", "units": 1}],
    "task": {"kind": "gan", "latent": 4, "generator": [{"kind": "linear", "units": 8}, {"kind": "tanh"}, {"kind": "linear", "units": 36}, {"kind": "sigmoid"}]},
}  # fmt: skip


def ring(**task: Any) -> dict[str, Any]:
    spec = next(each["spec"] for each in presets() if each["name"] == "ring_gan")
    return {**spec, "task": {**spec["task"], **task}}


def test_the_game_is_shown_and_stepped(open_page: Open) -> None:
    page = open_page(path=link(ring(), paused=True, pinned="parameter:5.W[0,0]"), reduced_motion="reduce")
    ready(page)
    assert page.locator(".cell[data-row=forward]").count() == page.locator(".cell[data-row=backward]").count() == 4
    step(page, "pass", 3)
    expect(page.locator("#status")).to_contain_text("discriminator, backward")
    expect(page.locator(".cell[data-state=now]")).to_have_attribute("aria-label", "discriminator, backward: the program stands here")
    step(page, "batch", 1)
    expect(page.locator("#accuracy")).to_contain_text("of 8 modes", timeout=READY)
    losses = ask(page, session(page))["state"]["losses"]
    expect(page.locator(".loss-words")).to_contain_text(f"generator {losses['generator']:.3g}", timeout=READY)
    expect(page.locator("#output")).to_contain_text("generated")
    expect(page.locator("#inspector .rung").filter(has_text="discriminator").first).to_be_visible(timeout=READY)
    expect(page.locator("#inspector .rung").filter(has_text="generator").first).to_be_visible()
    assert faults_in(page, "#stage") == "[]"


def test_in_the_generators_turn_the_discriminator_is_passed_through(open_page: Open) -> None:
    """Its edges wear no gradient of its own turn, and words, legend and circle say whose turn and whose loss it is; between updates both are drawn."""
    page = open_page(path=link(ring(), paused=True, scope="batch"), reduced_motion="reduce")
    ready(page)
    says, circle = page.locator(".players-says"), page.locator(".loss")
    step(page, "pass", 3)
    expect(says).to_have_text("The generator’s weights do not move in the discriminator’s turn, and no gradient goes back to them.")
    expect(page.locator(".player")).to_have_text(["generatorstands still", "discriminatorlearns"])
    expect(circle).to_contain_text("D loss")
    page.wait_for_function(f"side => ({COLORED})(side) > 500", arg="discriminator")
    assert page.evaluate(COLORED, "generator") == 0
    step(page, "pass", 4)
    expect(says).to_have_text(FACT)
    expect(page.locator(".player")).to_have_text(["generatorlearns", "discriminatorstands still"])
    expect(page.get_by_role("img", name=FACT)).to_be_attached()
    page.wait_for_function(NOISE_IS_PLAIN)
    expect(page.locator("#legend").get_by_text("stands still")).to_be_visible()
    state = ask(page, session(page))["state"]
    expect(circle).to_contain_text(f"G loss{state['losses']['generator']:.3f}")
    expect(circle).to_have_attribute("aria-label", f"The generator’s loss, batch mean: {state['loss']:.4f}")
    page.wait_for_function(f"side => ({COLORED})(side) > 500", arg="generator")
    assert page.evaluate(COLORED, "discriminator") == 0
    page.get_by_role("group", name="Gradients of").get_by_text("this example").click()
    expect(says).to_have_text(f"{FACT} Edges show what they pass on, w · ∂L/∂z.")
    page.wait_for_function(f"side => ({COLORED})(side) > 500", arg="discriminator")
    page.get_by_role("group", name="Gradients of").get_by_text("batch mean").click()
    expect(says).to_have_text(FACT)
    step(page, "pass", 1)
    expect(says).to_have_text("Each player has had its turn: its edges show the gradient of its own loss.")
    page.wait_for_function(f"side => ({COLORED})(side) > 500", arg="discriminator")
    slopes = ask(page, f"{session(page)}/samples?count=200")["slopes"]
    for name in ("non_saturating", "saturating"):
        expect(page.locator(f"#output [data-loss={name}] b")).to_have_text(f"{slopes[name]:.3f}")
    ratio = slopes["ratio"]
    expect(page.locator(".slopes-words")).to_contain_text(f"saturating {max(ratio, 1 / ratio):.2f} × {'smaller' if ratio < 1 else 'as large'}")


def test_an_update_is_that_of_the_players_turn(open_page: Open) -> None:
    """In the generator's turn its weight's lines are foretold and the discriminator's are done; all numbers are the API's, and each line leads to its op."""
    page = open_page(path=link(ring(), paused=True, pinned="parameter:5.W[0,0]"), reduced_motion="reduce")
    expect(page.locator(".cell").first).to_be_visible(timeout=READY)
    advance(page, "pass", 15)
    inspector, path = page.locator("#inspector"), session(page)
    through = inspector.locator("[data-ref^='parameter:4.W']").first
    target = "parameter:5.W[0,0]"
    for says in ("Adam will move it by", "Adam has moved it by"):
        if says.startswith("Adam has"):
            inspector.get_by_role("button", name="chain", exact=True).click()
            target = through.get_attribute("data-ref") or ""
            through.click()
        choose(page)
        told = ask(page, f"{path}/explain/update?target={target}")
        expect(inspector.locator(".section-sentence")).to_have_text(told["sentence"])
        assert told["sentence"].startswith(says) and f"in the {told['turn']['name']}’s turn" in told["sentence"]
        values = [number(each) for each in inspector.locator(".worked .worked-value").all_inner_texts()]
        assert values == pytest.approx([line["value"] for line in told["lines"]], rel=6e-4)
        assert number(inspector.locator(".worked-step .digits").inner_text().replace("\n", "")) == pytest.approx(told["step"], rel=6e-4)
        refs = inspector.locator(".worked .rung-title").evaluate_all("all => all.map(each => each.dataset.ref)")
        assert refs == [f"op:{line['instruction']}" for line in told["lines"] if not line["part"]]
        steps = [number(each) for each in inspector.locator(".rivals-table tbody td:nth-of-type(1)").all_inner_texts()]
        assert steps == pytest.approx([row["step"] for row in told["rivals"]["rows"]], rel=6e-3)


def test_one_player_is_trained_alone(open_page: Open) -> None:
    page = open_page(path=link(ring(), paused=True, scope="batch"), reduced_motion="reduce")
    ready(page)
    page.locator("#field-task-train").select_option("generator")
    expect(page.locator(".player[data-player=discriminator]")).to_contain_text("not trained", timeout=READY)
    ready(page)
    path = session(page)
    before = ask(page, f"{path}/parameters")["parameters"]
    step(page, "batch", 1)
    expect(page.locator(".players-says")).to_have_text("The discriminator has no gradient: it is not trained, and plays on as it is.")
    page.wait_for_function(f"side => ({COLORED})(side) > 500", arg="generator")
    assert page.evaluate(COLORED, "discriminator") == 0
    after = ask(page, f"{path}/parameters")["parameters"]
    assert {name for name in after if after[name] != before[name]} == {name for name in after if int(name.split(".")[0]) >= 5}


def test_a_generator_of_images_shows_them_beside_real_ones(open_page: Open) -> None:
    """Each pixel of a generated picture is as dark as the number that the API gives for it."""
    page = open_page(path=link(PICTURES, paused=True), reduced_motion="reduce")
    ready(page)
    step(page, "batch", 1)
    made, real = page.locator(".samples section").first, page.locator(".samples section").last
    expect(made.locator("canvas")).to_have_count(7, timeout=READY)
    expect(real.locator("button canvas")).to_have_count(7)
    found = ask(page, f"{session(page)}/samples?count=200")
    expect(made.locator("li span")).to_have_text([f"{says:.2f}" for says in found["real"][:7]])
    alpha = made.locator("canvas").first.evaluate("each => [...each.getContext('2d').getImageData(0, 0, 6, 6).data].filter((_, at) => at % 4 === 3)")
    for seen, value in zip(alpha, found["samples"][0], strict=True):
        assert abs(seen - 235 * min(1, max(0, value))) <= 1
    real.get_by_role("button").nth(2).click()
    expect(page.locator("#example")).to_have_value("2")
