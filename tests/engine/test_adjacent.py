"""Arrays next to one another seen as one, and only these."""

import numpy as np

from engine.adjacent import below, follows, rows_of, stacked


def test_matrices_and_vectors_below_one_another_are_one_matrix() -> None:
    flat = np.arange(15.0)
    whole = below(flat[:6].reshape(2, 3), flat[6:9], flat[9:].reshape(2, 3))
    assert whole is not None and np.array_equal(whole, flat.reshape(5, 3))


def test_with_a_gap_in_another_order_or_in_columns_they_are_not() -> None:
    flat = np.arange(24.0)
    assert below(flat[:6].reshape(2, 3), flat[9:12]) is None
    assert below(flat[6:9], flat[:6].reshape(2, 3)) is None
    assert below(flat.reshape(4, 6)[:2, :3], flat[12:15]) is None


def test_rows_are_found_for_one_moment_and_for_several() -> None:
    """Three moments of two examples; x has two values, h has three."""
    block = np.arange(48.0).reshape(6, 8)
    x, h = block[:, :2], block[:, 3:6]
    assert np.array_equal(rows_of([np.zeros((6, 8)), block], x[2:4], h[2:4]), block[2:4])  # type: ignore[arg-type]
    moments = [stacked(each[:2], 3) for each in (x, h)]
    assert moments[0].shape == (3, 2, 2) and np.array_equal(rows_of([block], *moments), block)  # type: ignore[arg-type]


def test_what_is_not_abreast_has_no_rows() -> None:
    block = np.arange(48.0).reshape(6, 8)
    x, h = block[:2, :2], block[:2, 3:6]
    assert rows_of([], x, h) is None
    assert rows_of([block], x, block[2:4, 3:6]) is None
    assert rows_of([block], block[:2, 1:3], h) is None
    assert rows_of([block], x.copy(), h) is None
    assert rows_of([block], x, h[:1]) is None


def test_only_an_array_of_the_same_kind_follows_another() -> None:
    flat = np.arange(12.0)
    rows = flat.reshape(4, 3)
    assert follows(rows[:2], rows[2:]) and follows(rows[:2, :2], rows[2:, :2]) and follows(flat[:4], flat[4:8])
    assert not follows(rows[2:], rows[:2]) and not follows(rows[:2], rows[3:]) and not follows(rows[:2], rows[2:, :2]) and not follows(rows[:1].T, rows[1:2].T)
