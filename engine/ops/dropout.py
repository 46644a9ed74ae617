"""Letting chance silence a part of the units."""

from engine.op import elementwise

dropout = elementwise(
    "dropout", y="where(u < keep, x / keep, 0)", dx="where(u < keep, dy / keep, 0)", constants=("u",), attributes={"keep": 0.5}, samples=[(4, 3), (2, 3, 2)],
    doc="Keep a value, scaled up by 1 / keep, where a uniform draw u is below keep; silence it elsewhere, and its gradient too (Srivastava et al. 2014).",
)  # fmt: skip
