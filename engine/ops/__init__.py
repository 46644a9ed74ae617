"""The primitives. Each file is one idea; importing the folder registers them all in `OPS`."""

from engine.component import discover
from engine.op import OPS

discover(__name__)

__all__ = ["OPS"]
