"""What a validator found, in words for the person who sent it: which field, what was expected, what came."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST = 20
FIELD = 120
MESSAGE = 400
SHORT = 40
EXPECTED = {
    "dict_type": "an object", "model_type": "an object", "model_attributes_type": "an object", "list_type": "a list", "tuple_type": "a list",
    "int_type": "a whole number", "int_parsing": "a whole number", "float_type": "a number", "float_parsing": "a number",
    "bool_type": "true or false", "bool_parsing": "true or false", "string_type": "text", "string_pattern_mismatch": "text of another form",
    "string_unicode": "text of whole characters",
}  # fmt: skip
BOUNDS = {"greater_than": "more than", "greater_than_equal": "at least", "less_than": "less than", "less_than_equal": "at most"}
PLACES = ("body", "query", "path")


def faults(errors: Sequence[Mapping[str, Any]], body: object) -> list[dict[str, str]]:
    """One entry for each field at fault; what only follows from a deeper fault is left out."""
    found: dict[str, str] = {}
    for error in errors[:MOST]:
        found.setdefault(".".join(_path(error, body)), _words(error))
    deepest = [path for path in found if not any(other.startswith(f"{path}.") for other in found)]
    return [{"field": clean(path, FIELD) or "body", "message": sentence(found[path])} for path in deepest]


def sentence(text: str) -> str:
    """Text that may be sent: bounded, valid, with a capital."""
    text = clean(text, MESSAGE)
    return text[:1].upper() + text[1:]


def clean(text: str, most: int) -> str:
    """At most so much of a text, with lone surrogates and control characters replaced."""
    kept = text[:most].encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in kept)


def _path(error: Mapping[str, Any], body: object) -> Iterator[str]:
    """The place in what was sent; the names of alternatives, which pydantic puts between, are none."""
    place, *rest = error["loc"]
    if place != "body":
        yield from map(str, rest)
        return
    if error["type"] == "json_invalid":
        return
    here = body
    for part in rest:
        if isinstance(here, dict) and part in here or isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
            yield str(part)
        elif error["type"] == "missing" and part is rest[-1]:
            yield str(part)


def _words(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(error["msg"]).removeprefix("Value error, ")
        case "json_invalid":
            return f"the body is not JSON: {context.get('error', 'it cannot be read')}"
        case "missing":
            return "this is needed, and did not come"
        case "extra_forbidden":
            return "there is no field of this name here; take it out"
        case "union_tag_invalid":
            return f"there is no kind {context['tag']} here; there are: {context['expected_tags']}".replace("'", "")
        case "union_tag_not_found":
            return 'say which one it is, as in {"kind": …}'
        case "too_short" | "too_long" | "string_too_short" | "string_too_long":
            unit = "characters" if error["type"].startswith("string") else "entries"
            bound = f"at most {context['max_length']:,}" if "max_length" in context else f"at least {context['min_length']:,}"
            return f"{bound} {unit} are expected here" + (f", and {context['actual_length']:,} came" if "actual_length" in context else "")
        case kind if kind in EXPECTED:
            return f"{EXPECTED[kind]} is expected here{_came(error)}"
        case kind if kind in BOUNDS:
            return f"this should be {BOUNDS[kind]} {next(iter(context.values())):,}{_came(error)}"
        case _:
            return str(error["msg"]).replace("Input should", "this should").replace("Tuple should", "this should") + _came(error)


def _came(error: Mapping[str, Any]) -> str:
    value = error.get("input")
    if isinstance(value, float) and not math.isfinite(value):
        return f", and {value} came"
    if isinstance(value, (dict, list)):
        return ", and " + ("an object" if isinstance(value, dict) else "a list") + " came"
    try:
        shown = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return ""
    return f", and {shown if len(shown) <= SHORT else shown[:SHORT] + '…'} came"
