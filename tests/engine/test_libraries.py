"""The scripts for other libraries, as far as they can be held without them: they are Python, complete, and say what they leave out.

`tests/golden/run_scripts.py` runs them where PyTorch and Keras are, and compares their losses with the engine's.
"""

import ast
import builtins
import math
import zlib
from typing import Any

import numpy as np
import pytest

from engine.clips import Clip
from engine.code import FORMS
from engine.code.library import LibraryScript
from engine.component import Counterpart, kinds
from engine.initializers import Initializer
from engine.layers import Layer
from engine.layers.tanh import Tanh
from engine.losses import Loss
from engine.optimizers import Optimizer
from engine.presets import presets
from engine.schedules import Schedule
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import everything, kind, linear, make, scriptable

LIBRARIES = {form: script for form, script in FORMS.items() if issubclass(script, LibraryScript)}
PRESETS = [pytest.param(SessionSpec.model_validate(preset["spec"]), id=preset["name"]) for preset in presets()]
NETWORKS = [spec for spec in [*PRESETS, *everything(), *scriptable()] if spec.values[0].task.kind == "supervised"]
UPDATES = [0, 1, 2, 3, 99, 100, 101, 499, 500, 1999, 2000, 2001, 2099, 2100, 2101, 9999]


def script(spec: SessionSpec, form: str) -> str:
    text: str = Session(spec).code(form)["text"]
    return text


def function(text: str, name: str, **known: Any) -> Any:
    """One function of a script, by itself."""
    found = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name)
    left = {"np": np, "zlib": zlib, "math": math, **known}
    exec(compile(ast.Module([found], []), "script", "exec"), left)
    return left[name]


def layers(text: str) -> list[ast.expr]:
    """What stands in the model, from the input on."""
    call = next(node.value for node in ast.parse(text).body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "model")
    assert isinstance(call, ast.Call)
    inside = call.args if len(call.args) > 1 or not isinstance(call.args[0], ast.List) else call.args[0].elts
    return [layer for layer in inside if "Input(" not in ast.unparse(layer)]


@pytest.mark.parametrize("form", LIBRARIES)
@pytest.mark.parametrize("spec", NETWORKS)
def test_a_script_is_python_with_every_layer_and_weight(spec: SessionSpec, form: str) -> None:
    """It compiles, has one entry a layer in order, loads every parameter, and trains with the batch size; no names are unknown to it."""
    text = script(spec, form)
    tree = ast.parse(text)
    assert len(layers(text)) == len(spec.layers)
    session = Session(spec)
    writer: Any = LIBRARIES[form](session)
    known = [name for name in session.parameters() if writer.counterpart(spec.layers[int(name.split(".")[0])]).parameters]
    assert all(f'start["{name}"]' in text for name in known)
    assert f"BATCH = {session.batches.size}\n" in text
    bound = {*dir(builtins), *(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))}
    bound |= {alias.asname or alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))} | {
        node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)
    }
    assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} <= bound


@pytest.mark.parametrize("form", LIBRARIES)
@pytest.mark.parametrize("family", [Layer, Loss, Optimizer, Clip, Initializer], ids=lambda family: family.family)
def test_every_component_has_a_counterpart_or_is_said_to_have_none(family: Any, form: str) -> None:
    """A counterpart is an expression once its fields are filled in; a layer without one is named in a comment where it would stand."""
    session = Session(make())
    writer: Any = LIBRARIES[form](session)
    context = dict.fromkeys(
        ("parameters", "rate", "tensor", "inputs", "channels", "features", "axis", "dims", "order", "rows", "skip", "steps"), "a"
    ) | dict.fromkeys(("turned", "clip", "penalty", "recurrent_penalty", "embeddings_penalty", "plain_penalty"), "")
    for component in kinds(family):
        spelled = writer.spelled(component.model_validate({}), **context)
        if spelled:
            ast.parse(f"f({spelled})")
        else:
            comment = " ".join(writer.otherwise(component.model_validate({})))
            assert "nothing that is known here" in comment and (component.title or kind(component).replace("_", " ")) in comment


@pytest.mark.parametrize("form", LIBRARIES)
def test_what_is_left_out_is_said(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tanh, LIBRARIES[form].library, Counterpart())
    text = script(make(), form)
    assert "the lab's tanh, so it is left out: Squash each value" in text and len(layers(text)) == 3


@pytest.mark.parametrize("form", LIBRARIES)
@pytest.mark.parametrize("changes", [{}, {"shuffle": False}, {"batch_size": 7}])
def test_the_order_of_the_examples_is_the_labs(form: str, changes: dict[str, Any]) -> None:
    session = Session(make(**changes))
    order = function(session.code(form)["text"], "order", x=range(session.batches.rows))
    for epoch in range(3):
        batches = [session.batches.examples(epoch * session.batches.per_epoch + place) for place in range(session.batches.per_epoch)]
        assert order(epoch).tolist() == np.concatenate(batches).tolist()


@pytest.mark.parametrize("schedule", kinds(Schedule), ids=kind)
@pytest.mark.parametrize("changes", [{}, {"then": "cosine"}, {"floor": 0.02}])
def test_a_schedule_says_itself(schedule: type[Schedule], changes: dict[str, Any]) -> None:
    """The function in the script gives the rate of every update."""
    fields = {name: value for name, value in changes.items() if name in schedule.model_fields}
    made = schedule.model_validate(fields)
    text = script(make(optimizer={"kind": "sgd", "learning_rate": {"kind": kind(schedule), **fields}}), "pytorch")
    rate_at = function(text, "rate_at")
    assert [rate_at(update) for update in UPDATES] == pytest.approx([made.at(update) for update in UPDATES], rel=1e-14, abs=1e-15)


def test_the_start_of_a_run_as_a_file() -> None:
    """`start` has the examples as the network sees them and the first weights, whatever the position."""
    session = Session(make())
    first = session.export("csv", "start")
    session.run(session.target("batch", 5))
    assert session.export("csv", "start") == first
    assert b"0.W,0 0," in first and b"x,0 0," in first


def test_frozen_parameters_are_kept_from_the_optimizer() -> None:
    text = script(make(layers=[linear(4, train=["W"]), {"kind": "tanh"}, linear(2)]), "pytorch")
    assert "torch.optim.SGD([model[0].weight, model[2].weight, model[2].bias], lr=0.05)" in text
    assert "model.layers[0].bias.trainable = False" in script(make(layers=[linear(4, train=["W"]), {"kind": "tanh"}, linear(2)]), "keras")
