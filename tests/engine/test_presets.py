"""Each preset that states a result reaches it, from its seed, after as many updates as it says."""

import pytest

from engine.history import scores
from engine.laboratory.cases import CASES
from engine.position import Position
from engine.presets import presets
from engine.session import Session
from engine.solved import COPIED, REACHES
from engine.spec import SessionSpec

SPECS = {preset["name"]: SessionSpec.model_validate(preset["spec"]) for preset in presets()}


def found(session: Session, name: str) -> float:
    """The score that a preset states."""
    quantity = REACHES[name].quantity
    value = session.samples(400)["modes"]["covered"] if quantity == "modes" else scores(session)[quantity]
    assert value is not None
    return float(value)


@pytest.mark.parametrize("name", REACHES)
def test_a_preset_reaches_what_it_states(name: str) -> None:
    """And has not reached it before it began, where that is something to be learnt."""
    session, result = Session(SPECS[name]), REACHES[name]
    assert result.reached(found(session, name)) is result.worse
    assert session.run(Position(result.updates, 0), tap=())
    assert result.reached(found(session, name)), f"{found(session, name)} instead of {result.words}"


def test_what_does_not_learn_leads_to_its_remedies() -> None:
    """The preset is the laboratory's own net, and five remedies heal it there."""
    preset = next(each for each in presets() if each["laboratory"])
    case = next(each for each in CASES if each.name == preset["laboratory"])
    assert SPECS[preset["name"]] == case.pathology.spec() and len(case.reaches) == 5


def test_the_copiers_have_one_budget() -> None:
    """They differ in the cell alone."""
    cells = [SPECS[name] for name in ("copy_lstm", "copy_gru", "copy_rnn")]
    assert {REACHES[name].updates for name in ("copy_lstm", "copy_gru", "copy_rnn")} == {COPIED}
    assert len({spec.model_copy(update={"layers": spec.layers[1:]}).model_dump_json() for spec in cells}) == 1
    assert len({spec.layers[0].model_copy(update={"kind": "", "units": 24}).model_dump_json() for spec in cells}) == 1


def test_names_are_their_own_and_results_are_told() -> None:
    assert len({preset["name"] for preset in presets()}) == len(presets())
    assert all(result.words in preset["description"] for preset in presets() if (result := REACHES.get(preset["name"])))
