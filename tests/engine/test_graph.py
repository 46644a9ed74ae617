"""The structure: what it says is computed by an instruction is what changes when the instruction runs."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine.position import Position
from engine.session import Session
from engine.settings import locate
from engine.spec import SessionSpec
from tests.engine.networks import arrays, everything, linear, make, trained, ways_to_train

FROZEN = make(layers=[linear(4, train=["W"]), {"kind": "sigmoid"}, linear(2, train=["b"])], l2=0.1)
SPECS = [*everything(), *ways_to_train(), pytest.param(FROZEN, id="frozen")]

LONG = 25
"""Instructions from which on the cursor is set down at some places only."""

COLUMNS: list[Any] = [
    pytest.param([linear(2)], ["x", "z"], [(0, 1)], [None, None], id="single-layer"),
    pytest.param([linear(2), {"kind": "softmax"}], ["x", "p"], [(0, 1)], [None, "softmax"], id="softmax-end"),
    pytest.param([{"kind": "tanh"}, linear(2)], ["x", "z"], [(0, 1)], ["tanh", None], id="activation-first"),
    pytest.param([linear(4, bias=False), {"kind": "relu"}, linear(2, bias=False)], ["x", "h₁", "z"], [(0, 1), (1, 2)], [None, "relu", None], id="no-bias"),
    pytest.param(
        [linear(4), linear(3), {"kind": "tanh"}, {"kind": "sigmoid"}, linear(2), {"kind": "tanh"}],
        ["x", "z₁", "h₂", "a"],
        [(0, 1), (1, 2), (2, 3)],
        [None, None, "sigmoid", "tanh"],
        id="none-and-two-activations",
    ),
]


def poison(session: Session) -> None:
    """Make every number that is not a parameter, data, a constant or memory unknown; a bug may make memory of the gradients."""
    for program in session.programs.values():
        constants = {number: view.copy() for number, view in program.constant.views.items()}
        ones = [rows == 1 for rows in program.lend.rows]
        program.values.flat[...] = np.nan
        for number, view in constants.items():
            program.constant.views[number][...] = view
        for rows, one in zip(program.lend.rows, ones, strict=True):
            rows[:, one.all(axis=0)] = 1
        program.cotangents.flat[...] = np.nan
        if program.estimator is None:
            program.cotangents.views[program.root][...] = 1
    session.gradients_arena.flat[...] = 0 if piles_up(session) else np.nan


def piles_up(session: Session) -> bool:
    """Whether the program adds to the gradients of the update before."""
    return session.settings.bug is not None and session.settings.bug.accumulates


def shared(session: Session) -> set[tuple[int, str]]:
    """What has no memory of its own, or lends it, or is put together from parts: its numbers stand there as soon as those do that it shares them with."""
    found = {(node, "cotangent") for node in session.program.tiled}
    for arena, what in ((session.program.values, "value"), (session.program.cotangents, "cotangent")):
        lodgers = {node: view for node, view in arena.views.items() if node not in arena.spans}
        hosts = {node for node in arena.spans if any(np.may_share_memory(arena.views[node], view) for view in lodgers.values())}
        found |= {(node, what) for node in {*lodgers, *hosts}}
    return found


def known(session: Session) -> Iterator[tuple[int, str]]:
    """What is a finite number everywhere: values, cotangents, gradients."""
    for node in session.program.tape.nodes:
        value, cotangent = session.program.value(node.id), session.program.cotangent(node.id)
        if node.role == "value" and np.isfinite(value).all():
            yield node.id, "value"
        if cotangent is not None and np.isfinite(cotangent).all():
            yield node.id, "gradient" if node.role == "parameter" else "cotangent"


@pytest.mark.parametrize("spec", SPECS)
def test_an_instruction_computes_what_it_names(spec: SessionSpec) -> None:
    """From unknown buffers, each instruction makes exactly the node that it names known, and nothing it names later was known before.

    What shares its memory is known with the first of those that share it, and what is put together from parts with the last of them.
    """
    session = trained(spec, 1)
    session.run(Position(1, 1))
    session.seek(Position(1, 0))
    poison(session)
    # The op before the first of an update also loads its batch.
    program = session.programs[len(session.batches.examples(1))]
    before = ({(program.root, "cotangent")} if program.estimator is None else set()) | (set(known(session)) if piles_up(session) else set())
    lodgers = shared(session)
    for instruction in program.instructions:
        session.run(Position(1, instruction.index + 1) if instruction.index + 1 < len(program.instructions) else Position(2, 0))
        after = set(known(session))
        if instruction.phase != "update":
            # An estimate grows direction by direction, and is known with the last.
            assert after - before - lodgers == set(instruction.computes) - before - lodgers or instruction.step, instruction
            assert set(instruction.computes) - lodgers <= after, instruction
            assert before <= after
        before = after
    assert lodgers <= before
    assert np.isfinite(session.parameters_arena.flat).all()


@pytest.mark.parametrize("spec", SPECS)
def test_every_instruction_computes_something(spec: SessionSpec) -> None:
    """An instruction changes some number of a fresh session, unless it only names what is there, and its line in the graph has words for it."""
    session = Session(spec)
    from_zero = any(node.role == "constant" for node in session.program.tape.nodes)  # where a state of zeros is weighed, the first share is zero too
    for view in session.graph()["instructions"]:
        before = [array.copy() for array in arrays(session)]
        session.run(session.target("op", 1))
        changed = [not np.array_equal(old, new) for old, new in zip(before, arrays(session), strict=True)]
        assert any(changed) or from_zero or not session.program.instructions[view["index"]].calls or not np.any(session.gradients_arena.flat), view
        assert view["done"] and view["todo"] and view["formula"].startswith("<math")
        assert view["computes"] or view["phase"] == "update" or view["group"] == "weight perturbation"


@pytest.mark.parametrize("spec", SPECS)
def test_what_is_known_follows_the_cursor(spec: SessionSpec) -> None:
    """A node is known from the instruction that the graph gives for it on, in values, in gradients and in explanations alike."""
    session = trained(spec, 1)
    graph = session.graph()
    for place in range(1, session.instruction_count, 1 + session.instruction_count // LONG):
        session.run(Position(1, place))
        for node in graph["nodes"]:
            found = session.values(node["id"], None)["known"]
            if node["role"] == "value":
                assert found["value"] == (node["value_at"] < place)
            if node["cotangent_at"] is not None:
                assert found["cotangent"] == (node["cotangent_at"] < place)
        for parameter in (each for each in graph["parameters"] if not each["kept"]):
            name = f"{parameter['name']}[{','.join('0' * len(parameter['shape']))}]"
            assert session.explain(f"parameter:{name}")["known"] == (parameter["gradient_at"] < place), (name, place)


@pytest.mark.parametrize("spec", SPECS)
def test_parameters_change_when_the_graph_says(spec: SessionSpec) -> None:
    """A parameter keeps its values until its `updated_at`, and a frozen one for ever."""
    session = Session(spec)
    graph = session.graph()
    for instruction in graph["instructions"]:
        before = {name: view.copy() for name, view in session.parameters_arena.views.items()}
        session.run(session.target("op", 1))
        for parameter in graph["parameters"]:
            same = np.array_equal(before[parameter["name"]], session.parameters_arena.views[parameter["name"]])
            if parameter["frozen"] or instruction["index"] != parameter["updated_at"]:
                assert same, (parameter, instruction)
            if parameter["frozen"]:
                assert parameter["updated_at"] is None


@pytest.mark.parametrize("spec", SPECS)
def test_parameters_lie_where_the_graph_says(spec: SessionSpec) -> None:
    session = Session(spec)
    for parameter in session.graph()["parameters"]:
        part = session.parameters_arena.flat[parameter["offset"] : parameter["offset"] + parameter["size"]]
        assert np.array_equal(part.reshape(parameter["shape"]), session.parameters()[parameter["name"]])
        base, _ = locate(session.parameters_arena, parameter["name"])
        assert list(base.shape) == parameter["shape"]


@pytest.mark.parametrize(("layers", "texts", "ends", "activations"), COLUMNS)
def test_columns_and_links(layers: Any, texts: list[str], ends: list[tuple[int, int]], activations: list[str | None]) -> None:
    """A column for the input and for each weighted sum with what follows it, and a link for each weight matrix between two."""
    session = Session(make(layers=layers))
    graph = session.graph()
    assert [column["text"] for column in graph["columns"]] == texts
    assert [column["activation"] for column in graph["columns"]] == activations
    assert [(link["from"], link["to"]) for link in graph["links"]] == ends
    for link in graph["links"]:
        columns = graph["columns"]
        shape = [columns[link["from"]]["units"], columns[link["to"]]["units"]]
        assert next(p for p in graph["parameters"] if p["name"] == link["parameter"])["shape"] == shape
        assert (link["bias"] in session.parameters()) if link["bias"] else not layers[link["layer"]].get("bias", True)
    for column in graph["columns"]:
        assert len(set(column["texts"])) == column["units"]
        assert graph["nodes"][column["post"]]["shape"] == ["batch", column["units"]]
    covered = [layer for column in graph["columns"] for layer in column["layers"]]
    assert covered == list(range(len(layers)))
    assert graph["columns"][-1]["post"] == graph["prediction"]


BLOCKS: list[Any] = [
    pytest.param(
        [linear(12), {"kind": "reshape", "to": [1, 3, 4]}, {"kind": "conv2d", "filters": 2}, {"kind": "relu"}, {"kind": "flatten"}, linear(2)],
        [("neurons", [3]), ("neurons", [12]), ("images", [2, 3, 4]), ("neurons", [2])], [(0, 1), (2, 3)], id="convolution",
    ),
    pytest.param(
        [linear(6), {"kind": "reshape", "to": [3, 2]}, {"kind": "lstm", "units": 2}, linear(2)],
        [("neurons", [3]), ("neurons", [6]), ("sequence", [2]), ("neurons", [2])], [(0, 1), (2, 3)], id="last-state",
    ),
    pytest.param(
        [linear(6), {"kind": "reshape", "to": [3, 2]}, {"kind": "residual", "layers": [{"kind": "rnn", "units": 2, "returns": "sequence"}]},
         {"kind": "flatten"}, linear(2)],
        [("neurons", [3]), ("neurons", [6]), ("block", [3, 2]), ("neurons", [2])], [(0, 1), (2, 3)], id="inside-another",
    ),
    pytest.param(
        [linear(6), {"kind": "reshape", "to": [3, 2]}, {"kind": "gru", "units": 2, "returns": "sequence", "bidirectional": True},
         linear(1), {"kind": "flatten"}, linear(2)],
        [("neurons", [3]), ("neurons", [6]), ("sequence", [3, 4]), ("block", [3, 1]), ("neurons", [2])], [(0, 1), (3, 4)], id="all-states",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "row", "ends"), BLOCKS)
def test_what_is_no_column_of_neurons_is_a_block_of_its_shape(layers: Any, row: list[tuple[str, list[int]]], ends: list[tuple[int, int]]) -> None:
    """Each stands in the row with the shape of its values; only weights between numbers are links, and every time step has its states."""
    session = Session(make(layers=layers))
    graph = session.graph()
    assert [(column["kind"], column["shape"]) for column in graph["columns"]] == row
    assert [(link["from"], link["to"]) for link in graph["links"]] == ends
    assert [layer for column in graph["columns"] for layer in column["layers"]] == list(range(len(layers)))
    for link in graph["links"]:
        sizes = [graph["columns"][link[end]]["units"] for end in ("from", "to")]
        assert next(p for p in graph["parameters"] if p["name"] == link["parameter"])["shape"] == sizes
    for column in graph["columns"]:
        assert graph["nodes"][column["post"]]["shape"] == ["batch", *column["shape"]]
        steps = sorted((moment["way"], moment["t"]) for moment in column["moments"])
        ways = ("", "back") if len(column["shape"]) == 2 else ("",)
        assert steps == ([(way, t) for way in ways for t in range(3)] if column["kind"] == "sequence" else [])
        for moment in column["moments"]:
            assert graph["nodes"][moment["h"]]["shape"] == ["batch", column["hidden"]] and graph["nodes"][moment["h"]]["name"] == "h"
            assert (graph["nodes"][moment["c"]]["name"] == "c") if moment["c"] is not None else layers[2]["kind"] == "gru"


def test_the_last_change_is_of_the_last_update_that_reached_the_parameter() -> None:
    """In the middle of an update it is still the one before's, to the last bit, until the update comes to this parameter; also after going there again."""
    session = Session(SessionSpec.model_validate({"optimizer": {"kind": "adam"}}))
    session.run(Position(2, 0))
    before = session.parameters_arena.views["2.W"][1, 2].item()
    session.run(Position(3, 0))
    change = session.parameters_arena.views["2.W"][1, 2].item() - before
    assert session.explain("parameter:2.W[1,2]", None)["last_change"] == change != 0
    session.run(Position(3, session.program.ends["backward"]))
    assert session.explain("parameter:2.W[1,2]", None)["last_change"] == change
    session.run(Position(4, 0))
    later = session.explain("parameter:2.W[1,2]", None)["last_change"]
    assert later not in (0, change)
    session.seek(Position(3, 5))
    assert session.explain("parameter:2.W[1,2]", None)["last_change"] == change
