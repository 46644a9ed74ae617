"""A worksheet asks for the session's own numbers, and everything that it asks for can be worked out from what it gives."""

import re
from math import exp, log, tanh
from typing import Any

import numpy as np
import pytest

from engine.clips import Clip
from engine.component import kinds
from engine.errors import OutOfReach, SpecError, TooLarge, UnknownName
from engine.formula import typeset
from engine.formula.latex import latex
from engine.layers import Activation, Layer
from engine.losses import Loss
from engine.ops import OPS
from engine.optimizers import Optimizer
from engine.position import Position
from engine.presets import presets
from engine.session import Session
from engine.spec import SessionSpec
from engine.worksheet import BLANKS
from tests.engine.networks import bits, kind, linear, make, trained, with_layer, with_loss, with_optimizer

SMALL = ("two_moons", "xor", "worked_example", "iris")
NETWORKS = [
    *(pytest.param(SessionSpec.model_validate(preset["spec"]), id=preset["name"]) for preset in presets() if preset["name"] in SMALL),
    *(pytest.param(with_layer(layer), id=kind(layer)) for layer in kinds(Layer) if issubclass(layer, Activation)),
    *(pytest.param(with_loss(loss), id=kind(loss)) for loss in kinds(Loss) if issubclass(loss, Loss)),
    *(pytest.param(with_optimizer(optimizer), id=kind(optimizer)) for optimizer in kinds(Optimizer)),
    *(pytest.param(make(clip={"kind": kind(clip), "limit": 0.1}), id=kind(clip)) for clip in kinds(Clip)),
    pytest.param(make(l1=0.01, l2=0.2), id="penalties"),
    pytest.param(make(layers=[linear(4, bias=False), {"kind": "tanh"}, linear(2, train=["W"])]), id="no-bias-and-held"),
    pytest.param(make(dtype="float32"), id="float32"),
]
KNOWN = re.compile(
    r"\\(alpha|beta|gamma|delta|varepsilon|rho|eta|mu|lambda|sigma|theta|ell|times|cdot|leftarrow|ge|le|partial|sum|Vert|vert|frac|sqrt|exp|ln|tanh|sin|cos|max|min"
    r"|operatorname|text|mathit|hat|begin|end|surd|approx|[{},\\_])"
)


def cells(sheet: dict[str, Any], title: str, caption: str = "") -> list[list[float]]:
    """The numbers of one table, row by row."""
    part = next(part for part in sheet["sections"] if part["title"].startswith(title))
    found = next(table for table in part["tables"] if table["caption"].startswith(caption))
    return [[cell["value"] for cell in row["cells"]] for row in found["rows"]]


def every(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    """Every number of the sheet."""
    return [cell for part in sheet["sections"] for table in part["tables"] for row in table["rows"] for cell in row["cells"]]


@pytest.mark.parametrize("place", [Position(0, 0), Position(2, 3), Position(3, 0)], ids=str)
@pytest.mark.parametrize("spec", NETWORKS)
def test_its_numbers_are_the_sessions(spec: SessionSpec, place: Position) -> None:
    """Weights, values, gradients on their way, own gradients, the step's gradient and the new weights are those that the other answers give."""
    session = Session(spec)
    session.seek(place)
    before = bits(session)
    example = session.batch_examples()[-1]
    sheet = session.worksheet(example=example)
    assert bits(session) == before
    columns = session.symbols.columns
    start = {name: view.copy() for name, view in session.parameters_arena.views.items()} if place == (0, 0) else None
    own = session.gradients(example)
    for column in columns[1:]:
        forward, back = cells(sheet, f"Forward, layer {column.index}"), cells(sheet, f"Backward, layer {column.index}")
        assert forward[0] == session.values(column.pre, example)["value"]
        assert back[-1] == session.values(column.pre, example)["cotangent"]
        if column.post != column.pre:
            assert forward[1] == session.values(column.post, example)["value"] and back[0] == session.values(column.post, example)["cotangent"]
        layer = f"{columns.index(column)}"
        names = [name for name in own if name.split(".")[0] == str(column.layers[0])]
        assert cells(sheet, "Gradients", f"Gradients of layer {layer}") == [row for name in names for row in np.atleast_2d(own[name]).tolist()]
    assert cells(sheet, "The loss")[0][0] == session.values(session.program.tape.marks["each"], example)["value"][0]
    while session.position.instruction or session.position == (0, 0):
        session.run(Position(session.position.update + 1, 0))
    applied = session.update.applied
    for column in columns[1:]:
        names = [name for name in own if name.split(".")[0] == str(column.layers[0])]
        rows = [row for name in names for row in np.atleast_2d(np.asarray(session.parameters()[name])).tolist()]
        assert cells(sheet, "New weights", f"New weights of layer {column.index}") == rows
        if len(session.batch_examples()) > 1:
            g = [row for name in names for row in np.atleast_2d(applied[slice(*session.parameters_arena.spans[name])].reshape(np.shape(own[name]))).tolist()]
            assert cells(sheet, "New weights", f"g of layer {column.index}") == g
        if start:
            assert cells(sheet, "Given", f"Weights{' and biases' if len(names) > 1 else ''} of layer {column.index}") == [
                row for name in names for row in np.atleast_2d(start[name]).tolist()
            ]


def test_it_can_be_worked_out_from_what_it_gives() -> None:
    """Two layers with a sigmoid each, by loops over the given numbers alone; the answers are the sheet's."""
    spec = next(preset["spec"] for preset in presets() if preset["name"] == "worked_example")
    sheet = trained(SessionSpec.model_validate(spec), 2).worksheet()
    x1, x2, y1, y2 = cells(sheet, "Given", "The example")[0]
    first, second = cells(sheet, "Given", "Weights and biases of layer 1"), cells(sheet, "Given", "Weights and biases of layer 2")
    h = [1 / (1 + exp(-(x1 * first[0][j] + x2 * first[1][j] + first[2][j]))) for j in range(2)]
    p = [1 / (1 + exp(-(h[0] * second[0][j] + h[1] * second[1][j] + second[2][j]))) for j in range(2)]
    assert cells(sheet, "Forward, layer 2")[1] == pytest.approx(p, rel=1e-12)
    assert cells(sheet, "The loss")[0] == pytest.approx([((p[0] - y1) ** 2 + (p[1] - y2) ** 2) / 2], rel=1e-12)
    out = [(p[j] - (y1, y2)[j]) * p[j] * (1 - p[j]) for j in range(2)]
    hidden = [sum(second[j][k] * out[k] for k in range(2)) * h[j] * (1 - h[j]) for j in range(2)]
    assert cells(sheet, "Backward, layer 1")[1] == pytest.approx(hidden, rel=1e-12)
    gradients = cells(sheet, "Gradients", "Gradients of layer 1")
    assert gradients[0] == pytest.approx([x1 * delta for delta in hidden], rel=1e-12)
    new = cells(sheet, "New weights", "New weights of layer 1")
    assert new[0] == pytest.approx([first[0][j] - 0.5 * gradients[0][j] for j in range(2)], rel=1e-12)
    assert new[2] == first[2], "its biases are held"


def test_logits_are_worked_out_by_their_share() -> None:
    """Where the loss takes logits, the sheet asks for p, with δ = p − y."""
    session = trained(SessionSpec.model_validate(next(preset["spec"] for preset in presets() if preset["name"] == "two_moons")), 2)
    sheet = session.worksheet()
    (z,), (p,) = cells(sheet, "Forward, layer 3")
    *_, y = cells(sheet, "Given", "The example")[0]
    assert p == pytest.approx(1 / (1 + exp(-z)))
    assert cells(sheet, "Backward, layer 3")[0] == pytest.approx([p - y])
    assert cells(sheet, "The loss")[0] == pytest.approx([-(y * log(p) + (1 - y) * log(1 - p))])
    assert cells(sheet, "Forward, layer 1")[1] == pytest.approx([tanh(value) for value in cells(sheet, "Forward, layer 1")[0]])


def test_only_what_is_chosen_is_blank() -> None:
    session = trained(make(), 1)
    counts = {name: session.worksheet(blanks=(name,))["blanks"] for name in BLANKS}
    assert counts == {"z": 6, "a": 4, "loss": 1, "delta": 10, "gradients": 26, "weights": 26}
    assert session.worksheet()["blanks"] == sum(counts.values())
    assert session.worksheet(density="none")["blanks"] == session.worksheet(blanks=())["blanks"] == 0


def test_some_are_blank_by_a_seeded_chance() -> None:
    session = trained(make(), 1)
    chosen = [[cell["blank"] for cell in every(session.worksheet(density="some", seed=seed))] for seed in (1, 1, 2)]
    assert chosen[0] == chosen[1] != chosen[2]
    assert 0.3 < sum(chosen[0]) / session.worksheet()["blanks"] < 0.7


def test_digits_are_as_many_as_were_asked_for() -> None:
    session = trained(make(), 1)
    for digits in (2, 3, 6):
        for cell in every(session.worksheet(digits=digits)):
            shown = cell["text"].replace("−", "-").replace(" · 10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            assert float(shown) == float(f"{cell['value']:.{digits}g}")
            assert len(re.sub(r"^0+", "", shown.split("e")[0].replace(".", "").lstrip("-"))) <= digits


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"layers": [linear(9), {"kind": "tanh"}, linear(2)]}, TooLarge, "The units of a layer on a worksheet would be 9"),
    ({"layers": [linear(8), {"kind": "tanh"}, linear(8), linear(2)]}, TooLarge, "The parameters on a worksheet would be 122"),
    ({"layers": [linear(1)] * 6 + [linear(2)]}, TooLarge, "The layers with weights on a worksheet would be 7"),
    ({"layers": [linear(3), {"kind": "tanh"}, {"kind": "sigmoid"}, linear(2)]}, SpecError, "tanh does not stand like that"),
    ({"layers": [linear(3), {"kind": "dropout"}, linear(2)]}, SpecError, "drawn at random"),
    ({"layers": [{"kind": "tanh"}, linear(2)]}, SpecError, "with one activation each"),
    ({"bug": {"kind": "wrong_sign"}}, SpecError, "the mistake that is switched on"),
]


@pytest.mark.parametrize(("changes", "error", "says"), REFUSED)
def test_what_does_not_fit_on_paper_is_refused_in_words(changes: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Session(make(**changes)).worksheet()


def test_wrong_choices_are_refused_in_words() -> None:
    session = Session(make())
    with pytest.raises(SpecError, match="soup is nothing that can be left blank"):
        session.worksheet(blanks=("z", "soup"))
    with pytest.raises(UnknownName, match="example"):
        session.worksheet(example=99)
    blown = Session(make(optimizer={"kind": "sgd", "learning_rate": 1000.0}))
    blown.run(Position(100, 0))
    with pytest.raises(OutOfReach, match="not finite"):
        blown.worksheet()


def test_a_lost_memory_is_said() -> None:
    session = trained(make(optimizer={"kind": "adam"}), 2)
    session.configure({"optimizer": {"kind": "sgd"}})
    last = session.worksheet()["sections"][-1]
    assert not last["tables"] and "what it remembered is gone" in last["says"][0]


@pytest.mark.parametrize("spec", NETWORKS)
def test_its_formulas_are_latex(spec: SessionSpec) -> None:
    """Braces are in pairs, and nothing but commands of LaTeX and of its mathematics is used."""
    sheet = trained(spec, 1).worksheet()
    formulas = [each["latex"] for part in sheet["sections"] for each in part["formulas"]]
    formulas += [each["latex"] for part in sheet["sections"] for table in part["tables"] for each in [*table["heads"], *(row["head"] for row in table["rows"])]]
    for each in [*formulas, *(cell["latex"] for cell in every(sheet))]:
        assert_latex(each)


@pytest.mark.parametrize(
    "formula", sorted({formula for op in OPS.values() if op.elementwise for formula in (op.formula, *(pull.formula for pull in op.pulls.values()))})
)
def test_every_formula_of_the_language_has_its_latex(formula: str) -> None:
    assert_latex(latex(typeset(formula)))


def assert_latex(text: str) -> None:
    """Balanced, in ASCII, of known commands."""
    bare = text.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}") and bare.isascii(), text
    assert "\\" not in KNOWN.sub("", text), text
    assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")
