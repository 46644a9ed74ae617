"""Each preset that states a result reaches it, from its seed, after as many updates as it says."""

import pytest

from engine.history import scores
from engine.position import Position
from engine.presets import presets
from engine.session import Session
from engine.solved import COPIED, REACHES
from engine.spec import SessionSpec

SPECS = {preset["name"]: SessionSpec.model_validate(preset["spec"]) for preset in presets()}


@pytest.mark.parametrize("name", REACHES)
def test_a_preset_reaches_what_it_states(name: str) -> None:
    session, result = Session(SPECS[name]), REACHES[name]
    assert session.run(Position(result.updates, 0), tap=())
    found = scores(session)[result.quantity]
    assert found is not None and result.reached(found), f"{found} instead of {result.words}"


def test_the_copiers_have_one_budget() -> None:
    """They differ in the cell alone."""
    cells = [SPECS[name] for name in ("copy_lstm", "copy_gru", "copy_rnn")]
    assert {REACHES[name].updates for name in ("copy_lstm", "copy_gru", "copy_rnn")} == {COPIED}
    assert len({spec.model_copy(update={"layers": spec.layers[1:]}).model_dump_json() for spec in cells}) == 1
    assert len({spec.layers[0].model_copy(update={"kind": "", "units": 24}).model_dump_json() for spec in cells}) == 1


def test_names_are_their_own_and_results_are_told() -> None:
    assert len({preset["name"] for preset in presets()}) == len(presets())
    assert all(result.words in preset["description"] for preset in presets() if (result := REACHES.get(preset["name"])))
