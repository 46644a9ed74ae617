"""Laws that hold for every data set, then the facts of each kind."""

import sys
from math import prod

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from engine.component import kinds
from engine.datasets import AnyDataset, Dataset
from engine.datasets.bundled import bundled
from engine.datasets.circles import Circles
from engine.datasets.diabetes import Diabetes
from engine.datasets.digits import Digits
from engine.datasets.moons import Moons
from engine.datasets.parity import Parity
from engine.datasets.spiral import Spiral
from engine.errors import SpecError
from engine.history import scores
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec

ALL = pytest.mark.parametrize("kind", kinds(Dataset), ids=lambda kind: kind().kind)


def make(**fields: object) -> Dataset:
    made: Dataset = TypeAdapter(AnyDataset).validate_python(fields)
    return made


@ALL
def test_a_draw_is_consistent(kind: type[Dataset]) -> None:
    drawn = kind().draw(7)
    rows = len(drawn.inputs)
    assert drawn.inputs.dtype == drawn.targets.dtype == np.float64
    assert drawn.inputs.shape == (rows, len(drawn.columns)) and len(drawn.targets) == rows
    assert np.isfinite(drawn.inputs).all() and np.isfinite(drawn.targets).all()
    if drawn.task == "binary":
        assert drawn.targets.shape == (rows, 1) and set(np.unique(drawn.targets)) == {0, 1}
        assert drawn.class_names is None or len(drawn.class_names) == 2
    elif drawn.task == "classes":
        outputs = drawn.target_shape[-1] if drawn.target_shape else drawn.targets.shape[1]
        assert set(np.unique(drawn.targets)) == {0, 1} and (drawn.targets.reshape(-1, outputs).sum(axis=1) == 1).all()
        assert drawn.class_names is not None and len(drawn.class_names) == outputs
    else:
        assert drawn.class_names is None
    if drawn.shape:
        assert len(drawn.shape) == 2 and prod(drawn.shape) == drawn.inputs.shape[1]
    if drawn.target_shape:
        assert drawn.target_shape[0] == (drawn.shape or drawn.inputs.shape[1:])[0] and prod(drawn.target_shape) == drawn.targets.shape[1]
    if drawn.image:
        assert drawn.image["height"] * drawn.image["width"] == drawn.inputs.shape[1]
        assert drawn.inputs.min() >= 0 and drawn.inputs.max() == drawn.image["max"]


@ALL
def test_the_seed_decides(kind: type[Dataset]) -> None:
    first, again, other = kind().draw(7), kind().draw(7), kind().draw(8)
    assert np.array_equal(first.inputs, again.inputs) and np.array_equal(first.targets, again.targets)
    assert np.array_equal(first.inputs, other.inputs) == kind.model_fields.keys().isdisjoint({"noise", "rows"})


@ALL
def test_what_is_slow_is_what_is_read_from_files(kind: type[Dataset]) -> None:
    """The others are drawn in no time, and wait for nothing to be loaded."""
    before = sum(bundled.cache_info()[:2])
    kind().draw(0)
    assert kind.slow is (sum(bundled.cache_info()[:2]) > before)


@ALL
def test_a_draw_cannot_be_written_into(kind: type[Dataset]) -> None:
    drawn = kind().draw(7)
    for array in (drawn.inputs, drawn.targets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@ALL
def test_windows_cover_the_data(kind: type[Dataset]) -> None:
    for seed in range(5):
        drawn = kind().draw(seed)
        if drawn.ranges:
            assert len(drawn.ranges) == len(drawn.columns)
            assert all(low < column.min() and column.max() < high for (low, high), column in zip(drawn.ranges, drawn.inputs.T, strict=True))


@ALL
def test_a_description_is_frozen_closed_and_json(kind: type[Dataset]) -> None:
    made = kind()
    assert kind.model_validate_json(made.model_dump_json()) == made
    assert make(**made.model_dump(mode="json")) == made
    assert made.title and (kind.__doc__ or "").strip()
    assert all(field.get("description") for name, field in kind.model_json_schema()["properties"].items() if name != "kind")
    with pytest.raises(ValidationError):
        made.kind = "other"
    with pytest.raises(ValidationError):
        kind(unheard_of=1)


FITTING = {"binary": "binary_cross_entropy_with_logits", "classes": "categorical_cross_entropy_with_logits", "regression": "mean_squared_error"}


@ALL
def test_a_small_network_learns_it(kind: type[Dataset]) -> None:
    """150 updates of one hidden layer, a GRU for sequences or one block for tokens, halve the loss at least; numbers are foretold better than by their mean."""
    drawn = kind().draw(7)
    last = {"kind": "linear", "units": (drawn.target_shape or drawn.targets.shape)[-1]}
    reads = {"kind": "gru", "units": 16, "returns": "sequence" if drawn.target_shape else "last"}
    layers = [reads, last] if drawn.shape else [{"kind": "linear", "units": 16}, {"kind": "tanh"}, last]
    tokens = bool(drawn.target_shape) and not drawn.shape
    if tokens:
        embedding = {"kind": "embedding", "tokens": int(drawn.inputs.max()) + 1, "units": 16}
        layers = [embedding, {"kind": "positional_encoding"}, {"kind": "transformer_block"}, last]
    spec = {"data": kind().model_dump(mode="json"), "standardize": not tokens, "batch_size": 32, "layers": layers, "loss": {"kind": FITTING[drawn.task]}}
    session = Session(SessionSpec.model_validate({**spec, "optimizer": {"kind": "adam", "learning_rate": 0.02}}))
    before = scores(session)["train_loss"]
    assert session.run(Position(150, 0), tap=()) and not session.diverged
    after = scores(session)["train_loss"]
    assert before is not None and after is not None and after < before / 2
    if drawn.task == "regression" and kind().modes() is None:
        assert after < session.data.train_targets.var()


@pytest.mark.parametrize("kind", [kind for kind in kinds(Dataset) if "rows" in kind.model_fields], ids=lambda kind: kind().kind)
@pytest.mark.parametrize("rows", [4, 37, 10_000])
def test_rows_are_as_many_as_asked_for(kind: type[Dataset], rows: int) -> None:
    assert len(kind(rows=rows).draw(1).inputs) == rows
    assert "noise" not in kind.model_fields or len(kind(rows=rows, noise=0).draw(1).inputs) == rows
    for wrong in (3, 10_001, 5.5, True, "20"):
        with pytest.raises(ValidationError):
            kind(rows=wrong)


def test_the_plane_stands_open_and_the_rest_does_not() -> None:
    assert {kind().kind for kind in kinds(Dataset) if kind.prominent} == {"moons", "circles", "xor", "spiral"}


def test_moons_lie_on_half_circles() -> None:
    drawn = Moons(rows=400, noise=0).draw(3)
    upper, lower = (drawn.inputs[drawn.targets[:, 0] == label] for label in (0, 1))
    assert np.allclose(np.hypot(*upper.T), 1) and (upper[:, 1] >= 0).all()
    assert np.allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1) and (lower[:, 1] <= 0.5).all()


def test_circles_have_two_radii() -> None:
    drawn = Circles(rows=400, noise=0).draw(3)
    assert np.allclose(np.hypot(*drawn.inputs.T), np.where(drawn.targets[:, 0] == 0, 1.0, 0.5))


@pytest.mark.parametrize("turns", [0.5, 1, 3])
def test_spiral_arms_turn_into_each_other(turns: float) -> None:
    drawn = Spiral(rows=400, noise=0, turns=turns).draw(3)
    radius = np.hypot(*drawn.inputs.T)
    angle = np.arctan2(drawn.inputs[:, 0], drawn.inputs[:, 1])
    expected = 2 * np.pi * turns * radius + np.pi * drawn.targets[:, 0]
    assert radius.max() <= 1 and np.allclose(np.cos(angle - expected), 1)


def test_noise_moves_the_points_by_its_standard_deviation() -> None:
    still, moved = Moons(rows=4000, noise=0).draw(3), Moons(rows=4000, noise=0.2).draw(3)
    assert np.std(moved.inputs - still.inputs) == pytest.approx(0.2, rel=0.04)  # 8,000 draws: 5 standard errors of 0.8 %


def test_xor_and_parity_are_the_truth_table() -> None:
    drawn = make(kind="xor", noise=0).draw(1)
    assert np.array_equal(drawn.targets[:, 0] == 1, (drawn.inputs[:, 0] > 0) != (drawn.inputs[:, 1] > 0))
    bits = Parity(bits=3).draw(1)
    assert bits.inputs.tolist() == [[2 * int(bit) - 1 for bit in f"{row:03b}"] for row in range(8)]
    assert bits.targets[:, 0].tolist() == [0, 1, 1, 0, 1, 0, 0, 1]


def test_plane_and_sine_are_their_functions() -> None:
    plane, sine = make(kind="plane", noise=0).draw(1), make(kind="sine", noise=0).draw(1)
    assert np.allclose(plane.targets[:, 0], plane.inputs.mean(axis=1))
    assert np.allclose(sine.targets, np.sin(sine.inputs))


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_blobs_have_one_middle_for_each_class(classes: int) -> None:
    drawn = make(kind="blobs", classes=classes, noise=0, rows=40).draw(1)
    assert (drawn.task, drawn.targets.shape) == (("binary", (40, 1)) if classes == 2 else ("classes", (40, classes)))
    label = drawn.targets[:, 0] if classes == 2 else drawn.targets.argmax(axis=1)
    assert drawn.class_names is not None and len(drawn.class_names) == classes and np.array_equal(label, np.arange(40) % classes)
    assert len(np.unique(drawn.inputs.round(9), axis=0)) == classes and np.allclose(np.hypot(*drawn.inputs.T), 1)


@pytest.mark.parametrize(
    ("kind", "shape", "outputs"),
    [("iris", (150, 4), 3), ("wine", (178, 13), 3), ("breast_cancer", (569, 30), 1), ("digits", (1797, 64), 10), ("diabetes", (442, 10), 1)],
)
def test_bundled_data_have_their_known_size(kind: str, shape: tuple[int, int], outputs: int) -> None:
    drawn = make(kind=kind).draw(1)
    assert drawn.inputs.shape == shape and drawn.targets.shape == (shape[0], outputs)
    assert drawn.inputs is make(kind=kind).draw(2).inputs, "read once"
    assert "sklearn" in sys.modules


def test_scales_change_the_unit_only() -> None:
    plain, scaled = Digits().draw(1), Digits(scale=True).draw(1)
    assert np.array_equal(scaled.inputs * 16, plain.inputs) and scaled.inputs.max() == 1
    hundreds, units = Diabetes().draw(1), Diabetes(scale=False).draw(1)
    assert np.allclose(hundreds.targets * 100, units.targets) and (units.targets.min(), units.targets.max()) == (25, 346)


TASKS = [
    ([[0], [1]], {}, "binary", [[0], [1]]),
    ([[1]], {}, "binary", [[1]]),
    ([[1, 0], [0, 1]], {}, "classes", [[1, 0], [0, 1]]),
    ([[0], [2]], {"class_names": ["a", "b", "c"]}, "classes", [[1, 0, 0], [0, 0, 1]]),
    ([[0], [1]], {"class_names": ["a", "b", "c"]}, "classes", [[1, 0, 0], [0, 1, 0]]),
    ([[0], [1]], {"class_names": ["no", "yes"]}, "binary", [[0], [1]]),
    ([[0], [2]], {"task": "classes"}, "classes", [[1, 0, 0], [0, 0, 1]]),
    ([[0.25, 0.75], [1, 0]], {"task": "classes"}, "classes", [[0.25, 0.75], [1, 0]]),
    ([[0], [2]], {}, "regression", [[0], [2]]),
    ([[1, 1], [0, 1]], {}, "regression", [[1, 1], [0, 1]]),
    ([[0.01, 0.99]], {}, "regression", [[0.01, 0.99]]),
    ([[0], [1]], {"task": "regression"}, "regression", [[0], [1]]),
    ([[-1], [1]], {"task": "binary"}, "binary", [[-1], [1]]),
    ([[0.2], [0.9]], {"task": "binary"}, "binary", [[0.2], [0.9]]),
]


@pytest.mark.parametrize(("targets", "fields", "task", "made"), TASKS)
def test_a_table_says_or_finds_its_task(targets: list[list[float]], fields: dict[str, object], task: str, made: list[list[float]]) -> None:
    drawn = make(kind="table", inputs=[[0.5]] * len(targets), targets=targets, **fields).draw(1)
    assert drawn.task == task and drawn.targets.tolist() == made and drawn.columns == ("x₁",)


REFUSED_CELLS = [
    ([[1, 2], [3]], "row 2 has 1 number and row 1 has 2"),
    ([], "at least one row"),
    ([[]], "row 1 is empty"),
    ([[1, 2], [3, float("nan")]], "row 2, column 2 is nan"),
    ([[float("inf")]], "row 1, column 1 is inf"),
    ([[1], [None]], r"row 2, column 1 is missing \(null\)"),
    ([["red"]], "row 1, column 1 is the text “red”"),
    ([[True]], "row 1, column 1 is true"),
    ([[1e31]], "scale that column down"),
    ([[10**400]], "a very large number"),
    ([1, 2], "row 1 is 1; each row is a list"),
    ("rows", "a list of rows"),
    ([[0.0] * 4000] * 251, "1,004,000 numbers here, and the limit is 1,000,000"),
]


@pytest.mark.parametrize("field", ["inputs", "targets"])
@pytest.mark.parametrize(("rows", "sentence"), REFUSED_CELLS, ids=[sentence for _, sentence in REFUSED_CELLS])
def test_a_table_refuses_with_row_and_column(field: str, rows: object, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence) as caught:
        make(kind="table", **{field: rows})
    assert [error["loc"] for error in caught.value.errors()] == [("table", field)]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"inputs": [[1], [2]], "targets": [[1]]}, "data.targets", "inputs has 2 rows and targets has 1 row"),
        ({"names": ["a"]}, "data.names", "inputs has 2 columns, and 1 came"),
        ({"class_names": ["a", "b", "c"], "task": "binary"}, "data.class_names", "there are 2 classes, and 3 came"),
        ({"class_names": ["a", "b"], "task": "regression"}, "data.class_names", "nothing to name"),
        ({"targets": [[0, 1]] * 4, "task": "binary"}, "data.targets", "one column of targets, and 2 came"),
        ({"targets": [[0], [1], [2], [1]], "task": "binary"}, "data.targets", "row 3 of the targets is 2"),
        ({"targets": [[0, 1], [1, 1], [0, 1], [0, 1]], "task": "classes"}, "data.targets", "row 2 of the targets does not add up to 1"),
        ({"targets": [[0], [1], [0.5], [1]], "task": "classes"}, "data.targets", "class numbers"),
        ({"targets": [[0], [1], [256], [1]], "task": "classes"}, "data.targets", "up to 255"),
    ],
)
def test_a_table_refuses_what_does_not_fit_together(fields: dict[str, object], field: str, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        make(kind="table", **fields).draw(1)
    assert caught.value.field == field
