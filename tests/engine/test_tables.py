"""Tables as text: what is found, what is made of it, and what is refused at which row and column."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import delimited, tables
from engine.datasets.table import Table
from engine.errors import TableError
from engine.spec import SessionSpec
from engine.tables import parse_table

IRIS = "length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n6.3,3.3,virginica\n"


def inputs(text: str, **how: Any) -> list[list[float]]:
    made: list[list[float]] = parse_table(text, **how)["data"]["inputs"]
    return made


def test_words_in_the_target_are_classes() -> None:
    made = parse_table(IRIS)
    assert made["data"] == {
        "kind": "table", "inputs": [[5.1, 3.5], [7.0, 3.2], [6.3, 3.3]], "targets": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        "names": ["length", "width"], "class_names": ["setosa", "versicolor", "virginica"], "task": "classes", "test_share": 0.0,
    }  # fmt: skip
    assert made["columns"] == [
        {"name": "length", "role": "input", "kind": "number", "categories": None},
        {"name": "width", "role": "input", "kind": "number", "categories": None},
        {"name": "species", "role": "target", "kind": "category", "categories": ["setosa", "versicolor", "virginica"]},
    ]
    assert "The target is species, 3 classes: setosa, versicolor, virginica." in made["notes"]


@pytest.mark.parametrize(
    "text",
    [
        IRIS,
        "\ufeff" + IRIS,
        IRIS.replace("\n", "\r\n"),
        IRIS.replace("\n", "\r"),
        IRIS + "\n\n  \n,,\n",
        IRIS.replace(",", ";"),
        IRIS.replace(",", "\t"),
        IRIS.replace(",", " | "),
        IRIS.replace(",", ", "),
        IRIS.replace("setosa", '"setosa"').replace("length", '"length"'),
        IRIS.replace(",", ";").replace(".", ","),
        IRIS.replace("\n", ",\n"),
        IRIS.rstrip("\n"),
    ],
)
def test_the_same_table_in_many_dresses(text: str) -> None:
    assert parse_table(text)["data"] == parse_table(IRIS)["data"]
    assert Table(**parse_table(text)["data"]).draw(1).task == "classes"


@pytest.mark.parametrize(
    ("text", "how", "names"),
    [
        ("a,b\n1,2\n3,4", {}, ["a"]),
        ("1,2\n3,4", {}, ["column 1"]),
        ("1,2\n3,4", {"header": True}, ["1"]),
        ("red,yes\nblue,no\nred,no", {}, ["column 1=blue", "column 1=red"]),
        ("color,good\nblue,no\nred,yes", {}, ["color=blue", "color=red"]),
        ("color,good\nblue,no\nred,yes", {"header": False}, ["column 1=blue", "column 1=color", "column 1=red"]),
        (",b\n1,2\n3,4", {}, ["column 1"]),
    ],
)
def test_a_row_of_names_is_found_unless_told(text: str, how: dict[str, Any], names: list[str]) -> None:
    assert parse_table(text, **how)["data"]["names"] == names


@pytest.mark.parametrize(("target", "names"), [(None, ["a", "b"]), ("a", ["b", "c"]), ("b", ["a", "c"]), ("0", ["b", "c"]), (1, ["a", "c"]), ("2", ["a", "b"])])
def test_the_target_is_chosen_by_name_or_place(target: str | int | None, names: list[str]) -> None:
    made = parse_table("a,b,c\n1,2,5\n3,4,6", target=target)
    assert made["data"]["names"] == names
    assert [column["name"] for column in made["columns"]] == ["a", "b", "c"]


def test_a_name_goes_before_a_place() -> None:
    assert parse_table("1,0\n5,6\n7,8", header=True, target="0")["data"]["names"] == ["1"]


@pytest.mark.parametrize(
    ("cells", "task", "targets", "class_names"),
    [
        ("0 1 1", "binary", [[0], [1], [1]], ["0", "1"]),
        ("-1 1 -1", "binary", [[0], [1], [0]], ["-1", "1"]),
        ("2 1 1", "binary", [[1], [0], [0]], ["1", "2"]),
        ("yes no no", "binary", [[1], [0], [0]], ["no", "yes"]),
        ("1 2 3", "regression", [[1], [2], [3]], None),
        ("4 4 4", "regression", [[4], [4], [4]], None),
        ("0.5 1e2 -3", "regression", [[0.5], [100], [-3]], None),
        ("b a c", "classes", [[0, 1, 0], [1, 0, 0], [0, 0, 1]], ["a", "b", "c"]),
    ],
)
def test_the_task_follows_from_the_target(cells: str, task: str, targets: list[list[float]], class_names: list[str] | None) -> None:
    made = parse_table("x,t\n" + "\n".join(f"{row},{cell}" for row, cell in enumerate(cells.split())))["data"]
    assert (made["task"], made["targets"], made["class_names"]) == (task, targets, class_names)
    drawn = Table(**made).draw(1)
    assert drawn.task == task and drawn.targets.tolist() == targets


def test_words_in_an_input_become_a_column_each() -> None:
    made = parse_table('size,job,income\n3,"cook, head",0.1\n4,clerk,0.2\n5,clerk,0.3')
    assert made["data"]["names"] == ["size", "job=clerk", "job=cook, head"]
    assert made["data"]["inputs"] == [[3, 0, 1], [4, 1, 0], [5, 1, 0]]
    assert "job holds words, so each of its 2 categories is a column." in made["notes"]


def test_a_few_words_among_numbers_are_categories_where_they_repeat() -> None:
    made = parse_table("children,t\n0,1.5\n1,2.5\n0,1\n1,3\n3+,4\n0,2")
    assert made["data"]["names"] == ["children=0", "children=1", "children=3+"]


def test_numbers_as_people_write_them() -> None:
    assert inputs("a,b\n−1.5,1\n+2,2\n.5,3\n1.,4\n1E-3,5") == [[-1.5], [2], [0.5], [1], [0.001]]
    assert inputs("a;b\n-1,5;1\n2;2\n−0,25;3") == [[-1.5], [2], [-0.25]]
    assert "Commas inside numbers were read as decimal points." in parse_table("a;b\n1,5;1\n2;2")["notes"]


def test_infinity_is_a_word_among_words() -> None:
    assert parse_table("limit,t\ninf,1.5\nnone,2.5\ninf,3")["data"]["names"] == ["limit=inf", "limit=none"]


@pytest.mark.parametrize("text", [IRIS, "a,b\n1,yes\n2,no\n", "a,b\n1,2\n3,5\n", "a,b\nred,-1\nblue,1\n"])
def test_the_data_is_that_of_a_spec(text: str) -> None:
    data = parse_table(text)["data"]
    spec = SessionSpec.model_validate_json(json.dumps({"data": data}))
    assert spec.data.model_dump(mode="json") == data


def test_one_row_is_one_row() -> None:
    assert parse_table("a,b\n1,2")["notes"][0] == "1 row; commas part the columns."


def test_a_larger_table_keeps_some_for_the_test() -> None:
    assert parse_table("a,b\n" + "1,2\n3,4\n" * 5)["data"]["test_share"] == 0.2


REFUSED = [
    ("", {}, None, None, "the table is empty"),
    ("\ufeff\r\n \r\n", {}, None, None, "the table is empty"),
    ("a,b\n", {}, 1, None, "no row under it"),
    ("a\n1\n2\n", {}, None, None, "one column only"),
    ("a,b\n1,\n", {}, 2, "b", r"row 2, column 2 \(b\) is empty"),
    ("a,b\n\n1,2\n\n,3\n", {}, 5, "a", r"row 5, column 1 \(a\) is empty"),
    ("a,b\n1,NA\n", {}, 2, "b", "says “NA”, which means missing"),
    ("a,b\n?,1\n", {}, 2, "a", "says “\\?”"),
    ("a,b\n1,nan\n", {}, 2, "b", "means missing"),
    ("1,2\n3,\n", {}, 2, "column 2", "row 2, column 2 is empty"),
    ("a,b\n1,2\n1,2,3\n", {}, 3, None, "row 3 has 3 cells and row 1 has 2"),
    ("a,b\n1\n", {}, 2, None, "row 2 has 1 cell and row 1 has 2"),
    ("a,a\n1,2\n", {}, 1, "a", "two columns are called a, number 1 and number 2"),
    ('a,b\n1,"2\n', {}, 2, None, "quotation mark"),
    ('a,b\n1,"2"x\n', {}, 2, None, "quotation mark"),
    ("PK\x03\x04,1\n", {}, 1, "1", "not text"),
    ("a,b\n1,\ud800\n", {}, 2, "2", "not text"),
    ("x,y\n1,inf\n2,3\n", {}, 2, "y", r"row 2, column 2 \(y\) is “inf”; only finite numbers"),
    ("x,y\n1,2\n-Infinity,3\n", {}, 3, "x", "is “-Infinity”"),
    ("x,y\n∞,2\n1,3\n", {}, 2, "x", "is “∞”"),
    ("a,b\n1,x\n2,x\n", {}, None, "b", "nothing to tell apart"),
    ("a,b\n1,1e31\n", {}, 2, "b", "scale that column down"),
    ("a,b\n1,1e999\n", {}, 2, "b", "scale that column down"),
    ("a;b\n1,5;1\n1.5;2\n", {}, 3, "a", "both 1,5 and 1.5"),
    ("a,b\n1,1\nl2,2\n3,3\n", {}, 3, "a", r"row 3, column 1 \(a\) is “l2”, and most of that column are numbers"),
    ("a,1\n2,3\n4,5\n6,7\n", {}, 1, "column 1", r"say so \(header=true\)"),
    ("a,b\n1,2\n", {"target": "c"}, None, "c", "there is no column called c; there is: a, b"),
    ("a,b\n1,2\n", {"target": "2"}, None, "2", "a place from 0 to 1"),
    ("a,b\n1,2\n", {"target": "9" * 5000}, None, "9" * 64, "there is no column"),
    ("a,b\n1,2\n", {"delimiter": "x"}, None, None, "the delimiter “x” is not known"),
    ("a,b\n1,2\n", {"delimiter": ";"}, None, None, "one column only"),
    ("a,b\n" + "1" * 65 + ",2\n", {}, 2, "1", "has 65 characters, and the limit is 64"),
    ("a,b\n" + "1" * 140_000 + ",2\n", {}, 2, None, "far too long"),
    (",".join(f"c{n}" for n in range(65)) + "\n" + ",".join(["1"] * 65), {}, None, None, "65 columns, and the limit is 64"),
    ("a,b\n" + "\n".join(f"w{n},1" for n in range(21)), {}, None, "a", "21 different words, and the limit is 20"),
    ("a,b\n" + "\n".join(f"1,w{n}" for n in range(21)), {}, None, "b", "21 different words, and the limit is 20"),
    ("a,b\n" + "1,2\n" * 10_001, {}, 10_002, None, "more than 10,000 rows"),
    ("1,2\n" * 10_001, {}, 10_001, None, "more than 10,000 rows"),
    (",".join(f"c{n}" for n in range(12)) + "\n" + "".join(",".join([f"w{n % 20}"] * 12) + "\n" for n in range(5_000)), {}, None, None, "limit is 1,000,000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "how", "row", "column", "sentence"), REFUSED, ids=[f"{number}-{case[4][:30]}" for number, case in enumerate(REFUSED)])
def test_what_cannot_be_read_is_refused_at_its_place(text: str, how: dict[str, Any], row: int | None, column: str | None, sentence: str) -> None:
    with pytest.raises(TableError, match=sentence) as caught:
        parse_table(text, **how)
    assert (caught.value.row, caught.value.column) == (row, column)


def test_limits_themselves_are_accepted() -> None:
    assert len(inputs("a,b\n" + "1,2\n" * delimited.ROWS)) == delimited.ROWS
    wide = delimited.COLUMNS
    assert len(inputs(",".join(f"c{place}" for place in range(wide)) + "\n" + ",".join(["1"] * wide))[0]) == wide - 1
    words = [f"{n:0{delimited.CELL}d}w"[-delimited.CELL :] for n in range(tables.CATEGORIES)]
    made = parse_table("a,b\n" + "\n".join(f"{word},{word}" for word in words), header=True)["data"]
    assert len(made["names"]) == tables.CATEGORIES and len(made["class_names"]) == tables.CLASSES


numbers = st.one_of(st.integers(-(10**15), 10**15).map(float), st.floats(-1e30, 1e30, allow_subnormal=True))


@st.composite
def number_tables(draw: st.DrawFn) -> list[list[float]]:
    width = draw(st.integers(2, 6))
    return draw(st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=1, max_size=12))


@given(
    rows=number_tables(), delimiter=st.sampled_from([",", ";", "\t", "|"]), ends=st.sampled_from(["\n", "\r\n"]), named=st.booleans(), told=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), bom=st.booleans(), comma=st.booleans(),
)  # fmt: skip
@settings(max_examples=150)
def test_what_was_written_is_read(rows: list[list[float]], delimiter: str, ends: str, named: bool, told: bool, quoting: Any, bom: bool, comma: bool) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ends, quoting=quoting)
    if named:
        writer.writerow([f"c{number}" for number in range(len(rows[0]))])
    cells = [[repr(value) for value in row] for row in rows]
    writer.writerows([[cell.replace(".", ",") for cell in row] for row in cells] if comma and delimiter != "," else cells)
    text = "\ufeff" * bom + out.getvalue()
    made = parse_table(text, delimiter=delimiter if told else None, header=named if told else None)["data"]
    assert made["inputs"] == [row[:-1] for row in rows]
    if made["task"] == "regression":
        assert made["targets"] == [row[-1:] for row in rows]
