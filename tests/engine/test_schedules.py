"""Laws that hold for every schedule, then values worked out by hand."""

import math

import pytest
from pydantic import TypeAdapter, ValidationError

from engine.component import kinds
from engine.schedules import AnySchedule, Schedule

ALL = pytest.mark.parametrize("kind", kinds(Schedule), ids=lambda kind: kind().kind)
MOMENTS = [0, 1, 2, 99, 100, 101, 499, 500, 1999, 2000, 2100, 10**6, 10**12]


def make(**fields: object) -> Schedule:
    made: Schedule = TypeAdapter(AnySchedule).validate_python(fields)
    return made


@ALL
@pytest.mark.parametrize("rate", [1e-300, 0.1, 1000])
def test_a_rate_stays_finite_and_within_the_base_rate(kind: type[Schedule], rate: float) -> None:
    schedule = kind(rate=rate)
    values = [schedule.at(update) for update in MOMENTS]
    assert all(type(value) is float and math.isfinite(value) and 0 <= value <= rate for value in values)
    assert values == [schedule.at(update) for update in MOMENTS]
    assert schedule.at(0) > 0


@ALL
def test_a_description_is_frozen_closed_and_json(kind: type[Schedule]) -> None:
    made = kind()
    assert kind.model_validate_json(made.model_dump_json()) == made and make(**made.model_dump(mode="json")) == made
    assert made.title and (kind.__doc__ or "").strip()
    with pytest.raises(ValidationError):
        made.kind = "other"
    for field in kind.model_fields.keys() - {"kind"}:
        for wrong in (math.nan, math.inf, -1, True, "1", None):
            with pytest.raises(ValidationError):
                kind(**{field: wrong})
    with pytest.raises(ValidationError):
        kind(rate=0)


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ({"kind": "constant", "rate": 0.3}, {0: 0.3, 12345: 0.3}),
        ({"kind": "step", "rate": 0.8, "every": 10, "factor": 0.5}, {0: 0.8, 9: 0.8, 10: 0.4, 19: 0.4, 20: 0.2, 35: 0.1}),
        ({"kind": "exponential", "rate": 2, "factor": 0.5}, {0: 2, 1: 1, 2: 0.5, 5: 0.0625}),
        (
            {"kind": "cosine", "rate": 1, "updates": 100, "floor": 0.2},
            {0: 1, 25: 0.2 + 0.4 * (1 + math.sqrt(0.5)), 50: 0.6, 75: 0.2 + 0.4 * (1 - math.sqrt(0.5)), 100: 0.2, 9999: 0.2},
        ),
        ({"kind": "warmup", "rate": 0.5, "warmup": 5}, {0: 0.1, 1: 0.2, 3: 0.4, 4: 0.5, 5: 0.5, 999: 0.5}),
        ({"kind": "warmup", "rate": 0.5, "warmup": 5, "then": "cosine", "updates": 10}, {0: 0.1, 4: 0.5, 5: 0.5, 10: 0.25, 15: 0, 99: 0}),
    ],
)
def test_values_by_hand(fields: dict[str, object], values: dict[int, float]) -> None:
    schedule = make(**fields)
    assert {update: schedule.at(update) for update in values} == pytest.approx(values, rel=1e-14, abs=1e-16)


def test_a_cosine_goes_down() -> None:
    with pytest.raises(ValidationError, match="lower the floor"):
        make(kind="cosine", rate=0.1, floor=0.2)
