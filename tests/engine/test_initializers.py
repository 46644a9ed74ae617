"""Laws that hold for every initialiser, then the variance that its paper states."""

import math

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from engine.component import kinds
from engine.errors import SpecError
from engine.initializers import AnyInitializer, Initializer
from engine.initializers.explicit import Explicit
from engine.initializers.orthogonal import Orthogonal
from engine.streams import stream

KINDS = [kind for kind in kinds(Initializer) if kind is not Explicit]
ALL = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind().kind)
FIXED = {"zeros", "constant", "explicit"}
FOR_BIASES = {"zeros", "constant", "normal", "uniform", "explicit"}
SHAPES = [(1, 1), (2, 4), (64, 10), (300, 200)]


def make(**fields: object) -> Initializer:
    made: Initializer = TypeAdapter(AnyInitializer).validate_python(fields)
    return made


@ALL
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_stream_decides(kind: type[Initializer], shape: tuple[int, int]) -> None:
    first, again, other = (kind().draw(stream(seed, "init 0.W"), shape) for seed in (7, 7, 8))
    assert first.shape == shape and first.dtype == np.float64 and first.flags.c_contiguous and np.isfinite(first).all()
    assert np.array_equal(first, again)
    if shape != (1, 1):
        assert np.array_equal(first, other) == (kind().kind in FIXED)


@pytest.mark.parametrize("kind", kinds(Initializer), ids=lambda kind: kind().kind)
def test_a_description_is_frozen_closed_and_json(kind: type[Initializer]) -> None:
    made = kind()
    assert kind.model_validate_json(made.model_dump_json()) == made and make(**made.model_dump(mode="json")) == made
    assert made.title and (kind.__doc__ or "").strip()
    with pytest.raises(ValidationError):
        made.kind = "other"
    for field in kind.model_fields.keys() - {"kind"}:
        for wrong in (math.nan, math.inf, True, "1", None):
            with pytest.raises(ValidationError):
                kind(**{field: wrong})


@ALL
def test_a_bias_begins_by_a_rule_that_needs_no_fan(kind: type[Initializer]) -> None:
    if kind().kind in FOR_BIASES:
        assert kind().draw(stream(7, "init 0.b"), (5,)).shape == (5,)
        return
    with pytest.raises(SpecError, match="how many inputs a unit adds up, and a bias adds up none") as caught:
        kind().draw(stream(7, "init 0.b"), (5,))
    assert caught.value.field == "bias_init"


INPUTS, UNITS = 300, 200
VARIANCES = {
    "xavier_uniform": 2 / (INPUTS + UNITS), "xavier_normal": 2 / (INPUTS + UNITS),
    "he_uniform": 2 / INPUTS, "he_normal": 2 / INPUTS,
    "lecun_uniform": 1 / INPUTS, "lecun_normal": 1 / INPUTS,
    "normal": 0.1**2, "uniform": 0.1**2 / 3, "zeros": 0.0, "constant": 0.0,
    "orthogonal": 1 / INPUTS,  # unit columns of 300
}  # fmt: skip


@ALL
def test_the_variance_is_the_papers(kind: type[Initializer]) -> None:
    """Within five standard errors of a sample variance: σ² √((κ - 1) / n), where κ is 3 for normal and 1.8 for uniform draws."""
    variance = VARIANCES[kind().kind]
    drawn = kind().draw(stream(11, "init 0.W"), (INPUTS, UNITS))
    tolerance = 5 * variance * math.sqrt((0.8 if "uniform" in kind().kind else 2) / drawn.size)
    assert abs(drawn.var() - variance) <= tolerance + 1e-30
    if kind().kind != "constant":
        assert abs(drawn.mean()) <= 5 * math.sqrt(variance / drawn.size)


@pytest.mark.parametrize("name", ["xavier", "he", "lecun"])
def test_uniform_draws_fill_their_interval_and_keep_within_it(name: str) -> None:
    bound = math.sqrt(3 * VARIANCES[f"{name}_uniform"])
    drawn = np.abs(make(kind=f"{name}_uniform").draw(stream(11, "init 0.W"), (INPUTS, UNITS)))
    assert 0.999 * bound < drawn.max() <= bound


def test_a_gain_is_a_factor() -> None:
    for kind in ("xavier_uniform", "xavier_normal", "orthogonal"):
        plain, doubled = (make(kind=kind, gain=gain).draw(stream(1, "init 0.W"), (6, 5)) for gain in (1, 2))
        assert np.allclose(doubled, 2 * plain, rtol=1e-14)


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (7, 3), (3, 7), (200, 200)], ids=str)
@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_orthogonal_neither_stretches_nor_shrinks(shape: tuple[int, int], gain: float) -> None:
    W = Orthogonal(gain=gain).draw(stream(5, "init 0.W"), shape)
    product = W @ W.T if shape[0] < shape[1] else W.T @ W
    assert np.allclose(product, gain**2 * np.eye(min(shape)), atol=1e-12)


def test_orthogonal_prefers_no_direction() -> None:
    """Without the signs of R's diagonal, QR would give mostly negative corners."""
    corners = [Orthogonal().draw(stream(seed, "init 0.W"), (3, 3))[0, 0] for seed in range(400)]
    assert abs(np.mean(corners)) < 5 * math.sqrt(1 / 3 / 400)


def test_explicit_gives_what_it_was_given() -> None:
    rng = stream(1, "init 0.W")
    assert make(kind="explicit", values=[[0.1, 2], [3, -4]]).draw(rng, (2, 2)).tolist() == [[0.1, 2], [3, -4]]
    assert make(kind="explicit", values=[1, 2, 3]).draw(rng, (3,)).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("values", "shape", "field", "sentence"),
    [
        ([[1, 2]], (2, 2), "init.values", r"\(inputs, units\) = \(2, 2\), and the values given have shape \(1, 2\)"),
        ([1, 2], (2, 2), "init.values", r"\(2, 2\), and the values given have shape \(2,\)"),
        ([[1, 2]], (2,), "bias_init.values", r"biases have shape \(2,\), and the values given have shape \(1, 2\); give one list of 2"),
    ],
)
def test_explicit_names_both_shapes(values: object, shape: tuple[int, ...], field: str, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        make(kind="explicit", values=values).draw(stream(1, "init 0.W"), shape)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([[1], [2, 3]], "row 2 has 2 numbers"),
        ([], "a list of numbers or of rows"),
        ([1, None], "number 2 is missing"),
        ([1, [2]], "row 1 is 1; each row"),
        (5, "a list"),
    ],
)
def test_explicit_refuses_in_one_sentence(values: object, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence) as caught:
        Explicit(values=values)
    assert caught.value.error_count() == 1


def test_an_interval_has_its_ends_in_order() -> None:
    with pytest.raises(ValidationError, match="lies above the upper end"):
        make(kind="uniform", low=1, high=0)
