"""The setup: forms from the catalogue, what follows from a choice said in words, and nothing rebuilt that need not be."""

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.app.conftest import eventually


def spec(page: Page) -> dict[str, Any]:
    """The spec of the session on the page."""
    sessions = page.request.get("/api/sessions").json()["sessions"]
    found: dict[str, Any] = page.request.get(f"/api/sessions/{sessions[-1]['id']}").json()
    return {"id": found["id"], **found["spec"]}


def test_every_dataset_can_be_chosen_and_trained(page: Page) -> None:
    expect(page.locator("#setup .tile").first).to_be_visible()
    kinds = [entry["kind"] for entry in page.request.get("/api/catalog").json()["components"] if entry["family"] == "datasets"]
    page.locator("#setup summary", has_text="more data").click()
    for kind in kinds:
        page.locator(f"#setup .tile[data-key='{kind}']").click()
        expect(page.locator(f"#setup .tile[data-key='{kind}']")).to_have_attribute("aria-pressed", "true")
        page.wait_for_function("kind => document.querySelector('#setup .form-error') === null", arg=kind)
    eventually(lambda: spec(page)["data"]["kind"] == kinds[-1])


def test_other_data_brings_its_outputs_and_says_so(page: Page) -> None:
    page.locator("#setup summary", has_text="more data").click()
    page.locator("#setup .tile[data-key='iris']").click()
    expect(page.locator("#setup .form-note").first).to_be_visible()
    expect(page.locator("#setup .layers > li").last).to_contain_text("3")


def test_the_learning_rate_is_set_while_it_runs(page: Page) -> None:
    field = page.locator("#field-optimizer-learning_rate")
    expect(field).to_be_visible()
    before = spec(page)
    field.fill("0.03")
    with page.expect_response(lambda answer: "/settings" in answer.url) as answer:
        field.press("Enter")
    assert answer.value.ok
    after = spec(page)
    assert after["id"] == before["id"]
    assert after["optimizer"]["learning_rate"] == 0.03


def test_settings_changed_quickly_on_a_slow_link_are_changes_of_the_same_session(page: Page) -> None:
    """The second change waits for the answer to the first, and is measured by what that has left: nothing is built anew."""
    waiting: list[Route] = []
    page.route("**/settings", lambda route: waiting.append(route) if not waiting else route.continue_())
    expect(page.locator(".neuron").first).to_be_attached()
    before = spec(page)
    with page.expect_request("**/settings"):
        for name, value in (("optimizer-learning_rate", "0.03"), ("l1", "0.001")):
            page.locator(f"#field-{name}").fill(value)
            page.locator(f"#field-{name}").press("Enter")
    waiting[0].continue_()
    eventually(lambda: spec(page)["l1"] == 0.001)
    after = spec(page)
    assert after["id"] == before["id"]
    assert after["optimizer"]["learning_rate"] == 0.03


def test_a_wrong_number_is_explained_at_its_field(page: Page) -> None:
    field = page.locator("#field-seed")
    field.fill("-1")
    field.press("Enter")
    expect(page.locator("#field-seed-words")).to_contain_text("whole number")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_a_refusal_of_the_server_stands_at_its_field(page: Page, faults: Any) -> None:
    faults.allow("422")
    page.locator("#setup .layer > summary").first.click()
    page.locator("#field-layers-0-init").select_option("explicit")
    expect(page.locator("#setup .layers .form-error, #setup .form-error").first).to_be_visible()
    page.get_by_role("button", name="Undo the change").click()
    expect(page.locator("#setup .form-error")).to_have_count(0)


def test_layers_come_move_and_go(page: Page) -> None:
    rows = page.locator("#setup .layers > li")
    expect(rows).to_have_count(5)
    page.get_by_role("button", name="+ layer").click()
    expect(rows).to_have_count(7)
    rows.nth(4).locator("summary").click()
    rows.nth(4).get_by_role("button", name="Remove").click()
    expect(rows).to_have_count(6)


def test_a_preset_replaces_everything(page: Page) -> None:
    page.get_by_role("button", name="Presets").click()
    page.get_by_role("button", name="the worked example").click()
    expect(page.locator("#setup .layers > li")).to_have_count(4)
    assert spec(page)["loss"]["kind"] == "halved_squared_error"


def test_below_1280_one_sentence_opens_the_setup(open_page: Any) -> None:
    page = open_page(width=1024, height=768)
    expect(page.locator("#spec-sentence")).to_contain_text("two moons → linear 4")
    expect(page.locator("#setup-card")).to_be_hidden()
    page.get_by_role("button", name="change", exact=True).click()
    expect(page.locator("#setup-card")).to_be_visible()
