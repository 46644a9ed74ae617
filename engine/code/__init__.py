"""What a session does, as a script of one's own to take away. A form is a name and what writes it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.code.keras_script import KerasScript
from engine.code.numpy_script import NumpyScript
from engine.code.script import Script
from engine.code.torch_script import TorchScript
from engine.errors import SpecError, UnknownName
from engine.estimate import refuse_estimate

if TYPE_CHECKING:
    from engine.session import Session

FORMS: Mapping[str, type[Script]] = {"numpy": NumpyScript, "pytorch": TorchScript, "keras": KerasScript}


def code(session: "Session", form: str) -> dict[str, Any]:
    """The script of a form as `text`, with its `name` as a file, what it `loads` from a file that the export gives, and the position that it is of."""
    if form not in FORMS:
        raise UnknownName("form", form, list(FORMS))
    refuse_estimate(session, "script yet")
    if session.spec.task.kind not in ("supervised", "autoencoder") and form != "numpy":
        raise SpecError("form", f"this script is written for layers with a loss, and the task here is {session.spec.task.title}; take the NumPy script")
    script = FORMS[form](session)
    return {"form": form, "name": script.name, "text": script.text, "loads": script.loads, "position": session.position.json()}
