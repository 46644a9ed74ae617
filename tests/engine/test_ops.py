"""Laws that hold for every op there is."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula import evaluate
from engine.lender import Lender
from engine.op import Op, Sample, emit_forward, emit_pull, part_of
from engine.ops import OPS
from engine.ops.sequence import stack
from engine.ops.softmax import largest

Arrays = dict[str, Any]
EVERY = [*OPS.values(), stack(3)]
CASES = [pytest.param(op, sample, id=f"{op}-{sample[0]}") for op in EVERY for sample in op.samples]
PULLS = [pytest.param(op, sample, name, id=f"{op}-{name}-{sample[0]}") for op in EVERY for sample in op.samples for name in op.pulls]


def draw(op: Op, sample: Sample, seed: int) -> Arrays:
    """Random inputs inside the op's domain and away from its kinks: probabilities where it takes a logarithm of its input."""
    shapes, _ = sample
    rng = np.random.default_rng(seed)
    inputs: Arrays = {}
    for name, shape in zip(op.inputs, shapes, strict=True):
        values = rng.normal(size=shape)
        values = np.where(np.abs(values) < 0.05, values + 0.3, values)  # and no two alike, where a largest one is looked for
        if name == "p" and any(function in op.formula for function in ("log", "sqrt")):
            values = 0.1 + 0.8 * rng.uniform(size=shape)
        if name == "variance":
            values = 0.3 + np.abs(values)
        if name == "t":
            values = rng.dirichlet(np.ones(shape[-1]), shape[:-1]) if len(shape) > 1 and shape[-1] > 1 else rng.integers(0, 2, shape).astype(float)
        inputs[name] = np.asarray(values, dtype=float)
    return inputs


def settings_of(op: Op, sample: Sample) -> Arrays:
    """The op's attributes as it gets them, and its choices."""
    return {**{name: np.array(value) for name, value in op.attributes.items()}, **op.choices, **sample[1]}


def forward(op: Op, sample: Sample, inputs: Arrays) -> np.ndarray[Any, Any]:
    choices = {**op.choices, **sample[1]}
    out = np.full(op.out_shape(*(value.shape for value in inputs.values()), **choices), np.nan)
    for function, arguments in emit_forward(op, out, {**inputs, **settings_of(op, sample)}, Lender(out.dtype)):
        function(*arguments)
    return out


def pull(op: Op, sample: Sample, name: str, inputs: Arrays, y: np.ndarray[Any, Any], dy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    into = np.full(inputs[name].shape, np.nan, inputs[name].dtype)
    for function, arguments in emit_pull(op.pulls[name], name, into, {**inputs, **settings_of(op, sample), "y": y, "dy": dy}, Lender(into.dtype)):
        function(*arguments)
    return into


@pytest.mark.parametrize(("op", "sample", "name"), PULLS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_pull_is_the_transpose_of_the_push(op: Op, sample: Any, name: str, seed: int) -> None:
    """⟨dy, J v⟩ = ⟨Jᵀ dy, v⟩ for random v and dy, with J v measured by a central difference."""
    inputs = draw(op, sample, seed)
    rng = np.random.default_rng(seed + 1)
    y = forward(op, sample, inputs)
    dy, v = np.asarray(rng.normal(size=y.shape)), np.asarray(rng.normal(size=inputs[name].shape))
    h = 1e-6
    push = (forward(op, sample, {**inputs, name: inputs[name] + h * v}) - forward(op, sample, {**inputs, name: inputs[name] - h * v})) / (2 * h)
    terms = dy * push
    back = pull(op, sample, name, inputs, y, dy) * v
    scale = np.abs(terms).sum() + np.abs(back).sum()
    round_off = np.finfo(float).eps / h * (np.abs(dy) * (1 + np.abs(y))).sum()
    assert abs(terms.sum() - back.sum()) < 1e-6 * scale + 10 * round_off


@pytest.mark.parametrize(("op", "sample", "name"), PULLS)
def test_edges_add_up_to_the_pull(op: Op, sample: Any, name: str) -> None:
    """Each element's cotangent is the sum, over its scalar links, of the arriving cotangent times the local derivative."""
    inputs = draw(op, sample, 3)
    y = forward(op, sample, inputs)
    dy = np.asarray(np.random.default_rng(4).normal(size=y.shape))
    back = pull(op, sample, name, inputs, y, dy)
    edges = op.pulls[name].edges
    assert edges is not None
    values = {**inputs, "y": y, **settings_of(op, sample)}
    for index in np.ndindex(*inputs[name].shape):
        links = list(edges(index, values))
        assert sum(edge.local * float(dy[edge.out]) for edge in links) == pytest.approx(float(back[index]), rel=1e-12, abs=1e-15)
        for edge in links:
            if edge.factor:
                assert values[edge.factor[0]][edge.factor[1]] == edge.local


@pytest.mark.parametrize(("op", "sample", "name"), [case for case in PULLS if case.values[0].pulls[case.values[2]].within])  # type: ignore[attr-defined,index]
def test_a_part_gets_what_arrives(op: Op, sample: Any, name: str) -> None:
    """Where a pull says that it gives to a part of its input only, that part gets the arriving gradient itself, and the rest nothing."""
    inputs = draw(op, sample, 3)
    y = forward(op, sample, inputs)
    dy = np.asarray(np.random.default_rng(4).normal(size=y.shape))
    expected = np.zeros(inputs[name].shape)
    part_of(expected, op.pulls[name].within, settings_of(op, sample))[...] = dy
    np.testing.assert_array_equal(pull(op, sample, name, inputs, y, dy), expected)


@pytest.mark.parametrize(("op", "sample"), [case for case in CASES if case.values[0].elementwise])
def test_the_formula_is_the_code(op: Op, sample: Any) -> None:
    """What is evaluated number by number from the displayed formula is what the compiled calls leave in the buffer."""
    inputs = draw(op, sample, 5)
    y = forward(op, sample, inputs)
    dy = np.asarray(np.random.default_rng(6).normal(size=y.shape))
    for index in np.ndindex(*y.shape):
        numbers = {name: float(value[index]) for name, value in inputs.items()} | op.attributes
        assert evaluate(op.formula, numbers) == pytest.approx(float(y[index]), rel=1e-13, abs=1e-300)
        for name, rule in op.pulls.items():
            expected = evaluate(rule.formula, {**numbers, "y": float(y[index]), "dy": float(dy[index])})
            assert expected == pytest.approx(float(pull(op, sample, name, inputs, y, dy)[index]), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(("op", "sample"), CASES)
def test_every_op_is_described(op: Op, sample: Any) -> None:
    assert op.doc.endswith(".") or "\n" in op.doc
    assert set(op.inputs) == set(op.pulls) | set(op.constants)
    assert len(sample[0]) == len(op.inputs)


def test_a_choice_by_bits_is_the_choice() -> None:
    """On large arrays a choice against zero is made on the bits: infinities and NaN pass or vanish whole, and nothing else changes."""
    x = np.random.default_rng(1).normal(size=(64, 32))
    dy = np.random.default_rng(2).normal(size=x.shape)
    dy[0, :3] = np.inf, -np.inf, np.nan
    for dtype in (np.float64, np.float32):
        back = pull(OPS["relu"], OPS["relu"].samples[0], "x", {"x": x.astype(dtype)}, np.maximum(x, 0).astype(dtype), dy.astype(dtype))
        np.testing.assert_array_equal(back, np.where(x.astype(dtype) > 0, dy.astype(dtype), 0))


@pytest.mark.parametrize("name", ["cross_entropy_term", "binary_cross_entropy_error"])
@pytest.mark.parametrize("p", [1e-3, 1e-9, 1e-14, 1e-20, 1e-43, 1e-50, 0.0])
def test_a_probability_near_zero_has_the_slope_of_its_loss(name: str, p: float) -> None:
    """However small the true class's probability is, the pull-back is the slope of what the forward rule gives: −1/p, and 0 where the logarithm is held."""
    made = OPS[name]
    sample = ((1, 1), (1, 1)), {}

    def loss(at: float) -> float:
        return float(forward(made, sample, {"p": np.array([[at]]), "t": np.ones((1, 1))})[0, 0])

    with np.errstate(all="ignore"):
        inputs = {"p": np.array([[p]]), "t": np.ones((1, 1))}
        back = float(pull(made, sample, "p", inputs, forward(made, sample, inputs), np.ones((1, 1)))[0, 0])
        h = p * 1e-5
        measured = (loss(p + h) - loss(p - h)) / (2 * h) if p else 0.0
    assert back == pytest.approx(-1 / p if p > 4e-44 else 0.0, rel=1e-14)
    assert back == pytest.approx(measured, rel=1e-5)


def test_the_largest_of_many_short_rows_is_found_across_them() -> None:
    x = np.random.default_rng(1).normal(size=(512, 32))
    top = np.full((512, 1), np.nan)
    calls = list(largest(x, top, Lender(x.dtype).scratch))
    for function, arguments in calls:
        function(*arguments)
    assert len(calls) == 2 and np.array_equal(top, x.max(axis=1, keepdims=True))
