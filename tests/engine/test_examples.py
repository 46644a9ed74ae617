"""Laws of preparing examples: the split, the features, the standardisation, the plotting window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Session, SessionSpec
from engine.component import kinds
from engine.datasets import Dataset
from engine.datasets.moons import Moons
from engine.datasets.table import Table
from engine.errors import SpecError, TooLarge
from engine.examples import Prepared, prepare
from engine.features.column import Column
from engine.features.product import Product
from engine.features.square import Square
from engine.window import square_windows, window

numbers = st.floats(-1e30, 1e30).map(lambda value: value + 0.0)


def ready(dataset: Dataset, *features: Column | Product | Square, standardize: bool = False, seed: int = 7) -> Prepared:
    return prepare(dataset, features or None, standardize=standardize, seed=seed)


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("kind", kinds(Dataset), ids=lambda kind: kind().kind)
def test_every_data_set_can_be_prepared(kind: type[Dataset], standardize: bool) -> None:
    made = ready(kind(), standardize=standardize)
    for array in (made.raw, made.inputs, made.targets):
        assert array.dtype == np.float64 and array.flags.c_contiguous and not array.flags.writeable
        assert len(array) == made.rows and np.isfinite(array).all()
    assert 1 <= made.train <= made.rows
    assert np.array_equal(made.transform(made.raw), made.inputs)
    if not standardize:
        assert np.array_equal(made.raw, made.inputs)
    if len(made.columns) <= 2:
        assert made.ranges and len(made.ranges) == len(made.columns)


@given(rows=st.integers(1, 60), share=st.floats(0, 0.9), seed=st.integers(0, 2**32 - 1))
def test_a_split_keeps_every_row_once_and_one_to_learn_from(rows: int, share: float, seed: int) -> None:
    table = Table(inputs=tuple((float(row),) for row in range(rows)), targets=((1.0,),) * rows, test_share=share)
    made = ready(table, seed=seed)
    assert sorted(made.raw[:, 0].tolist()) == list(range(rows))
    assert made.train >= 1 and abs((made.rows - made.train) - rows * share) <= 1
    assert all((np.diff(part[:, 0]) > 0).all() for part in (made.train_inputs, made.part("test")[0]))


def test_the_seed_decides_the_split() -> None:
    table = Table(inputs=tuple((float(row),) for row in range(50)), targets=((1.0,),) * 50, test_share=0.5)
    assert np.array_equal(ready(table, seed=1).raw, ready(table, seed=1).raw)
    assert not np.array_equal(ready(table, seed=1).raw, ready(table, seed=2).raw)


def test_inputs_and_targets_stay_together() -> None:
    made = ready(Moons(noise=0))
    upper = made.targets[:, 0] == 0
    assert np.allclose(np.hypot(*made.raw[upper].T), 1)
    inputs, targets = made.rows_of([3, 190])
    assert np.array_equal(inputs, made.inputs[[3, 190]]) and np.array_equal(targets, made.targets[[3, 190]])


def test_standardisation_learns_from_the_training_part_alone() -> None:
    made = ready(Moons(), standardize=True)
    assert np.allclose(made.train_inputs.mean(axis=0), 0) and np.allclose(made.train_inputs.std(axis=0), 1)
    assert not np.allclose(made.part("test")[0].mean(axis=0), 0, atol=1e-6)


@given(value=numbers, rows=st.integers(1, 20))
def test_a_constant_column_goes_to_zero_and_keeps_its_scale(value: float, rows: int) -> None:
    table = Table(inputs=tuple((value, float(row)) for row in range(rows)), targets=((1.0,),) * rows)
    made = ready(table, standardize=True)
    assert (made.inputs[:, 0] == 0).all() and made.scale[0] == 1


def test_features_are_made_of_raw_columns() -> None:
    made = ready(Moons(), Square(index=1), Product(), Column(index=0))
    x = made.raw
    assert made.feature_names == ("x₂²", "x₁x₂", "x₁") and made.columns == ("x₁", "x₂")
    assert np.array_equal(made.inputs, np.stack([x[:, 1] ** 2, x[:, 0] * x[:, 1], x[:, 0]], axis=1))


def test_a_feature_of_a_column_that_is_not_there() -> None:
    with pytest.raises(SpecError, match="asks for column 2, and this data has columns 0 to 1") as caught:
        ready(Moons(), Column(index=0), Product(second=2))
    assert caught.value.field == "features.1"
    with pytest.raises(SpecError, match="only column 0"):
        ready(Table(inputs=((1.0,),), targets=((1.0,),)), Square(index=1))
    with pytest.raises(SpecError, match="at least one feature"):
        prepare(Moons(), (), standardize=False, seed=1)


def test_too_many_rows_are_refused_with_the_figure() -> None:
    with pytest.raises(TooLarge, match="200, and the limit here is 100"):
        prepare(Moons(), None, standardize=False, seed=1, limit=100)


def test_one_number_is_enough_data() -> None:
    made = ready(Table(inputs=((0.5,),), targets=((2.0,),), test_share=0.9), standardize=True)
    assert made.train == 1 and made.rows == 1 and made.inputs.tolist() == [[0.0]] and made.task == "regression"


@given(low=numbers, high=numbers)
def test_a_window_is_wider_than_its_numbers(low: float, high: float) -> None:
    low, high = sorted((low, high))
    start, end = window(low, high)
    assert start < low and high < end and np.isfinite([start, end]).all()


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=8))
def test_square_windows_are_square_and_cover(points: list[tuple[float, float]]) -> None:
    inputs = np.array(points)
    (left, right), (bottom, top) = square_windows(inputs)
    assert right - left == pytest.approx(top - bottom, rel=1e-6)
    assert left < inputs[:, 0].min() and inputs[:, 0].max() < right and bottom < inputs[:, 1].min() and inputs[:, 1].max() < top


def test_targets_of_minus_and_plus_one_are_parted_at_zero() -> None:
    """Labels, accuracy and confusion cut a single output at the same place."""
    table = {"kind": "table", "inputs": [[-1], [-2], [1], [2]], "targets": [[-1], [-1], [1], [1]], "task": "binary"}
    layers = [{"kind": "linear", "units": 1, "init": {"kind": "constant", "value": 0.2}}, {"kind": "tanh"}]
    session = Session(SessionSpec.model_validate({"data": table, "layers": layers, "loss": {"kind": "mean_squared_error"}}))
    said = session.predictions()
    assert said["accuracy"]["train"] == 1.0
    assert said["labels"] == [0, 0, 1, 1]
    assert said["confusion"]["train"] == [[2, 0], [0, 2]]
