"""How long a step will take is told before it is run, from shapes alone; what would take too long is refused, and nothing is changed by asking."""

from typing import Any

import pytest

from app.settings import PROFILES
from engine import Session, SessionSpec, TooLarge
from engine.effort import predicted

SMALL: dict[str, Any] = {"data": {"kind": "moons", "rows": 200}, "batch_size": 20, "layers": [{"kind": "linear", "units": 64}, {"kind": "linear", "units": 1}]}
ESTIMATED = {"kind": "weight_perturbation", "directions": 64}


def expected(**changes: Any) -> tuple[float, float]:
    """The milliseconds of an update and of a record."""
    session = Session(SessionSpec.model_validate({**SMALL, **changes}))
    return predicted(session, session.settings)


def test_more_of_anything_takes_longer() -> None:
    update, record = expected()
    wider = [{"kind": "linear", "units": 512}, {"kind": "linear", "units": 1}]
    assert expected(batch_size=200)[0] > update and expected(layers=wider)[0] > update
    assert expected(gradient={**ESTIMATED, "directions": 1})[0] < expected(gradient=ESTIMATED)[0] / 30
    assert expected(data={"kind": "moons", "rows": 2000})[1] > 9 * record
    assert expected(data={"kind": "moons", "rows": 2000})[0] == update


def test_what_would_take_too_long_is_refused_with_what_to_do() -> None:
    limits = {"update_milliseconds": 1}
    with pytest.raises(TooLarge, match=r"one update is predicted to take would be \d+, and the limit here is 1; take fewer directions"):
        Session(SessionSpec.model_validate({**SMALL, "gradient": ESTIMATED}), limits)
    with pytest.raises(TooLarge, match=r"one record of all examples .* take a smaller network or fewer examples"):
        Session(SessionSpec.model_validate({**SMALL, "data": {"kind": "moons", "rows": 10_000}}), {"record_milliseconds": 0})


@pytest.mark.parametrize("order", ["configure", "branch"])
def test_a_setting_that_would_take_too_long_changes_nothing(order: str) -> None:
    session = Session(SessionSpec.model_validate(SMALL), {"update_milliseconds": 1})
    before = session.state(), session.spec, session.branches.json(curves=True)
    change = {"gradient": ESTIMATED}
    with pytest.raises(TooLarge, match="take fewer directions"):
        session.configure(change) if order == "configure" else session.branch(settings=change)
    assert (session.state(), session.spec, session.branches.json(curves=True)) == before
    session.configure({"learning_rate": 0.5})


def test_a_classroom_allows_shorter_steps() -> None:
    assert PROFILES["classroom"]["update_milliseconds"] == 25
    spec = {**SMALL, "layers": [{"kind": "linear", "units": 200}, {"kind": "linear", "units": 200}, {"kind": "linear", "units": 1}], "gradient": ESTIMATED}
    assert Session(SessionSpec.model_validate(spec), {}).parameter_count < PROFILES["classroom"]["parameters"]
    with pytest.raises(TooLarge, match="the limit here is 25"):
        Session(SessionSpec.model_validate(spec), PROFILES["classroom"])
