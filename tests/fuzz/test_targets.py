"""The laws of the readers, by examples; `python -m tests.fuzz` looks for others by coverage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import CSV, FORMULAS, formula, spec, table

NEAR_CSV = st.lists(st.sampled_from(CSV) | st.text('1a.,;|\t"\n\r -+=@e0\x00é', max_size=8), max_size=5).map("".join)
NEAR_FORMULA = st.lists(
    st.sampled_from([*FORMULAS, "loss", "=", "mean(", "x", "y1", "w", "**", "2", "-", "(", ")", "[", ".", "\n", "lambda:", ":=", "\\", "0x1", "1e999", "²"])
    | st.text(max_size=4),
    max_size=12,
).map("".join)


@given(NEAR_CSV | st.text(max_size=80))
@settings(max_examples=150)
def test_any_text_is_a_table_or_is_refused(text: str) -> None:
    table(text)


@given(NEAR_FORMULA | st.text(max_size=80))
@settings(max_examples=200)
def test_any_text_is_a_formula_or_is_refused(text: str) -> None:
    formula(text)


@given(st.data())
@settings(max_examples=60)
def test_any_description_makes_a_session_or_is_refused(data: st.DataObject) -> None:
    spec(lambda count: data.draw(st.integers(0, count - 1)))
