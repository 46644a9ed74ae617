"""The numbers of a session as files."""

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import SpecError, UnknownName
from engine.formula.calls import Array
from engine.rehearsal import Rehearsal
from engine.turns import refuse_players

if TYPE_CHECKING:
    from engine.session import Session


def arrays(session: "Session", what: str) -> Mapping[str, Array]:
    """`parameters` and `gradients` as they are; `update`: what the shown update began with; `start`: the examples and the first weights of the run."""
    if what == "parameters":
        return session.parameters_arena.views
    if what == "gradients":
        return session.gradients_arena.views
    if what == "update":
        refuse_players(session, "A file of what an update began with")
        return Rehearsal(session).given()
    if what == "start":
        (x, y), (x_test, y_test) = session.data.part("train"), session.data.part("test")
        dtype = session.network.dtype
        return {name: values.astype(dtype) for name, values in {"x": x, "y": y, "x_test": x_test, "y_test": y_test, **session.network.drawn}.items()}
    raise UnknownName("export", what, "parameters, gradients, update, start")


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
