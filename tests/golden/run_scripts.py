"""Run the PyTorch and Keras scripts that the lab gives, and compare their losses with the engine's.

Run it with a Python that has what the tests need, and PyTorch (and Keras 3 for `keras`): `python -m tests.golden.run_scripts pytorch keras`.
Exact counterparts agree to 1e-10; where a script says in a comment that the library does something otherwise, the gap is printed and not judged.
"""

import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

from engine.position import Position
from engine.presets import presets
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import everything, linear, make, scriptable, table

UPDATES = 6
SAID_ALWAYS = ("# Only on TensorFlow", "# The lab holds", "# Keras's loss has")
BOUND = 1e-10
SEQUENCE = [{"kind": "reshape", "to": [2, 2]}, linear(3), {"kind": "softmax"}, {"kind": "flatten"}, linear(2)]


def specs() -> dict[str, SessionSpec]:
    """Every preset, every component, every way to train, and what else is told in a script."""
    found = {preset["name"]: SessionSpec.model_validate(preset["spec"]) for preset in presets()}
    found |= {str(each.id): each.values[0] for each in [*everything(), *scriptable()]}
    found |= {"sequence": make(data=table(inputs=4), layers=SEQUENCE), "both-penalties": make(l1=0.01, l2=0.2)}
    for cell in ("rnn", "gru", "lstm"):
        for returns in ("last", "sequence"):
            read = {"kind": cell, "units": 3, "returns": returns, "bidirectional": returns == "sequence"}
            layers = [{"kind": "reshape", "to": [3, 2]}, read, *([{"kind": "flatten"}] if returns == "sequence" else []), linear(2)]
            found[f"{cell}-{returns}"] = make(data=table(inputs=6), layers=layers, l2=0.1 if returns == "last" else 0.0)
    warm = {"kind": "warmup", "warmup": 3, "then": "cosine", "updates": 4}
    return found | {"warm-cosine": make(optimizer={"kind": "adam", "learning_rate": warm}, layers=[linear(4), linear(2)])}


def losses(session: Session, form: str) -> list[float]:
    """The engine's losses of the first updates; with the penalties for Keras, which counts them in."""
    found = []
    for update in range(1, UPDATES + 1):
        session.run(Position(update, 0))
        found.append(float(session.state()["objective" if form == "keras" else "loss"]))
    return found


def run(text: str, *, own_weights: bool) -> list[float]:
    """The losses that a script leaves, of no more epochs than are needed."""
    left: dict[str, Any] = {}
    text = text.replace("EPOCHS = 10", f"EPOCHS = {UPDATES}")
    if own_weights:
        text = text.replace("LAB_WEIGHTS = True", "LAB_WEIGHTS = False")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, "script", "exec"), left)
    return [float(loss) for loss in left["losses"][:UPDATES]]


def keep_to_float64() -> None:
    """Let Keras keep to float64 without TensorFlow, where it would round to float32, so that its counterparts can be judged."""
    from keras.src.backend.common import dtypes

    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"


def main(forms: list[str]) -> int:
    """0 when every script runs, from the lab's weights and from its own, and those without a caveat agree."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for form in forms:
            if form == "keras":
                keep_to_float64()
            for name, spec in specs().items():
                session = Session(spec)
                text = session.code(form)["text"]
                if "so it is left out" in text:
                    print(f"{form:8} {name:45} has a layer that is left out")
                    continue
                Path("start.npz").write_bytes(session.export("npz", "start"))
                pairs = zip(run(text, own_weights=False), losses(session, form), strict=True)
                gap = max(abs(mine - engines) / max(abs(engines), 1e-300) for mine, engines in pairs)
                run(text, own_weights=True)
                loose = spec.dtype == "float32" or any(line.strip().startswith("# ") and not line.strip().startswith(SAID_ALWAYS) for line in text.splitlines())
                verdict = "agrees" if gap <= BOUND else "differs, as it says" if loose else "FAILED"
                failed += verdict == "FAILED"
                print(f"{form:8} {name:45} {gap:9.1e}  {verdict}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["pytorch"]))
