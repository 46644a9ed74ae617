"""Laws that hold for every feature, then what each computes."""

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from engine.component import kinds
from engine.features import AnyFeature, Feature

ALL = pytest.mark.parametrize("kind", kinds(Feature), ids=lambda kind: kind().kind)
RAW = np.array([[2.0, 3.0, -1.0], [0.5, -4.0, 0.0]])


def make(**fields: object) -> Feature:
    made: Feature = TypeAdapter(AnyFeature).validate_python(fields)
    return made


@ALL
def test_a_feature_reads_the_columns_it_names_and_no_other(kind: type[Feature]) -> None:
    feature = kind()
    hidden = RAW.copy()
    hidden[:, [column for column in range(RAW.shape[1]) if column not in feature.uses()]] = np.nan
    computed = feature.compute(hidden)
    assert computed.shape == (len(RAW),) and np.array_equal(computed, feature.compute(RAW))
    assert feature.name(("x₁", "x₂", "x₃"))


@ALL
def test_a_description_is_frozen_closed_and_json(kind: type[Feature]) -> None:
    made = kind()
    assert kind.model_validate_json(made.model_dump_json()) == made and make(**made.model_dump(mode="json")) == made
    with pytest.raises(ValidationError):
        made.kind = "other"
    for field in kind.model_fields.keys() - {"kind"}:
        for wrong in (-1, 4096, 0.5, True, "0"):
            with pytest.raises(ValidationError):
                kind(**{field: wrong})


@pytest.mark.parametrize(
    ("fields", "name", "values"),
    [
        ({"kind": "column", "index": 2}, "x₃", [-1, 0]),
        ({"kind": "square", "index": 1}, "x₂²", [9, 16]),
        ({"kind": "product", "first": 0, "second": 1}, "x₁x₂", [6, -2]),
        ({"kind": "sine", "index": 0}, "sin x₁", [np.sin(2), np.sin(0.5)]),
    ],
)
def test_what_each_computes(fields: dict[str, object], name: str, values: list[float]) -> None:
    feature = make(**fields)
    assert feature.name(("x₁", "x₂", "x₃")) == name
    assert feature.compute(RAW).tolist() == values


def test_long_names_are_multiplied_with_a_sign() -> None:
    assert make(kind="product").name(("petal width", "petal length")) == "petal width × petal length"
