"""Write docs/catalog.md from the components, docs/api.md from the API, docs/settings.md from the options and limits, and the table of docs/laboratory.md
from its cases; `--check` only compares."""

import sys
from dataclasses import asdict, fields
from pathlib import Path

from app.cli import parser
from app.main import create_app
from app.settings import PROFILES, Limits
from engine import cases, catalog

HERE = Path(__file__).resolve().parent
NOTE = "Made from the {} by `python3 dev.py generate`; do not edit."
TITLES = {"datasets": "Data", "features": "Features", "layers": "Layers", "initializers": "Initialisers", "losses": "Losses", "optimizers": "Optimisers",
          "schedules": "Learning-rate schedules", "clips": "Clipping", "gradients": "Where the gradient comes from", "tasks": "Tasks",
          "breakpoints": "Breakpoints",
          "bugs": "Bugs, to be made on purpose",
          "remedies": "Remedies for a net that does not learn"}  # fmt: skip
METHODS = ("get", "post", "put", "patch", "delete")


def components() -> str:
    """Every family with its components, each with its words and its fields."""
    lines = ["# Catalogue", "", NOTE.format("components"), ""]
    family = ""
    for entry in catalog():
        if entry["family"] != family:
            family = entry["family"]
            lines += [f"## {TITLES[family]}", ""]
        lines += [f"### `{entry['kind']}`", "", " ".join(filter(None, (entry["description"], entry.get("does")))), ""]
        for name, value in entry["defaults"].items():
            if name != "kind":
                shown = str(value)
                about = entry["schema"]["properties"][name].get("description", "")
                lines.append(f"- `{name}` = `{shown if len(shown) < 60 else '…'}`: {about}")
        lines += [""] if len(entry["defaults"]) > 1 else []
    return "\n".join(lines).rstrip() + "\n"


def calls() -> str:
    """Every call of the API with the first line of its description."""
    lines = [
        "# API",
        "",
        NOTE.format("API's schema"),
        "",
        "`/docs` on a running server has an example for every body. Refusals are problem documents (RFC 9457).",
        "",
    ]
    lines += ["| call | does |", "|---|---|"]
    for path, methods in create_app().openapi()["paths"].items():
        for method in (each for each in METHODS if each in methods):
            does = methods[method].get("description", "").partition("\n")[0].replace("|", "\\|")
            lines.append(f"| `{method.upper()} {path}` | {does} |")
    lines.append("| `WS /api/sessions/{session_id}/stream` | Binary frames of every change; the next one is sent when the last one is acknowledged. |")
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every option of the command line, and every limit with its variable and its number in each profile."""
    lines = ["# Settings", "", NOTE.format("server's own options and limits"), "", "## Options", ""]
    lines += ["`python3 dev.py serve` and `python -m app` take these; the variables are for containers.", "", "| option | what it does |", "|---|---|"]
    for option in parser()._actions[1:]:
        name = ", ".join(f"`{each}`" for each in option.option_strings or option.choices or [option.metavar])
        lines.append(f"| {name} | {option.help} |")
    lines += ["", "## Limits", "", "Each is set by its variable. A server that is asked for more refuses in words, and nothing is lost.", ""]
    lines += [
        "With `--workers N` each worker has an Nth part of what is marked ÷, which is the whole server's; the laboratory's processes are divided likewise.",
        "",
    ]
    lines += ["| variable | at most … | local | classroom |", "|---|---|---:|---:|"]
    local, classroom = asdict(Limits()), asdict(Limits(**PROFILES["classroom"]))
    for each in fields(Limits):
        says = f"{each.metadata['says']}{' ÷' if 'shared' in each.metadata else ''}"
        lines.append(f"| `BACKPROP_LAB_{each.name.upper()}` | {says} | {local[each.name]:,} | {classroom[each.name]:,} |")
    return "\n".join(lines) + "\n"


def laboratory() -> str:
    """The laboratory's page with its table of cases made anew: what each net does not reach, and what each remedy reaches by itself."""
    lines = (HERE / "laboratory.md").read_text("utf-8").splitlines()
    table = [place for place, line in enumerate(lines) if line.startswith("|")]
    titles = {entry["kind"]: entry["title"] for entry in catalog() if entry["family"] == "remedies"}
    rows = ["| case | what is wrong | the training loss untreated | and with each remedy by itself |", "|---|---|---|---|"]
    for case in cases():
        reached: dict[float, list[str]] = {}
        for kind, bound in case["reaches"].items():
            reached.setdefault(bound, []).append(titles[kind])
        healed = "; ".join(f"{', '.join(kinds)} below {bound:g}" for bound, kinds in sorted(reached.items()))
        rows.append(f"| {case['title']} | {case['description']} | after {case['updates']} updates still above {case['ill']:g} | {healed} |")
    return "\n".join([*lines[: table[0]], *rows, *lines[table[-1] + 1 :]]) + "\n"


def main() -> int:
    """0 when the pages are written, or are fresh."""
    stale = []
    for name, text in (("catalog.md", components()), ("api.md", calls()), ("settings.md", settings()), ("laboratory.md", laboratory())):
        target = HERE / name
        if "--check" not in sys.argv:
            target.write_text(text, "utf-8")
        elif not target.exists() or target.read_text("utf-8") != text:
            stale.append(f"docs/{name}")
    if stale:
        print(f"{' and '.join(stale)} no longer say what the code says; run: python3 dev.py generate", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
