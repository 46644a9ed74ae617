"""Parameters or gradients as files."""

import csv
import io
from collections.abc import Mapping

import numpy as np

from engine.errors import SpecError
from engine.formula.calls import Array


def export(form: str, arrays: Mapping[str, Array]) -> bytes:
    """NumPy's npz (one array a name), or CSV with the columns name, index, value."""
    if form == "npz":
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **dict(arrays))
        return buffer.getvalue()
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["name", "index", "value"])
        for name, array in arrays.items():
            for index, value in np.ndenumerate(array):
                writer.writerow([name, " ".join(map(str, index)), repr(float(value))])
        return text.getvalue().encode()
    raise SpecError("format", f"files come as npz or csv, and {form} was asked for")
