"""Write docs/catalog.md from the components themselves; `--check` only compares."""

import sys
from pathlib import Path

from engine import catalog

HERE = Path(__file__).resolve().parent
TITLES = {"datasets": "Data", "features": "Features", "layers": "Layers", "initializers": "Initialisers", "losses": "Losses", "optimizers": "Optimisers",
          "schedules": "Learning-rate schedules", "clips": "Clipping"}  # fmt: skip


def page() -> str:
    """Every family with its components, each with its words and its fields."""
    lines = ["# Catalogue", "", "Made from the components by `python3 dev.py generate`; do not edit.", ""]
    family = ""
    for entry in catalog():
        if entry["family"] != family:
            family = entry["family"]
            lines += [f"## {TITLES[family]}", ""]
        lines += [f"### `{entry['kind']}`", "", entry["description"], ""]
        for name, value in entry["defaults"].items():
            if name != "kind":
                shown = str(value)
                about = entry["schema"]["properties"][name].get("description", "")
                lines.append(f"- `{name}` = `{shown if len(shown) < 60 else '…'}`: {about}")
        lines += [""] if len(entry["defaults"]) > 1 else []
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """0 when the page is written, or is fresh."""
    target = HERE / "catalog.md"
    if "--check" in sys.argv:
        if not target.exists() or target.read_text("utf-8") != page():
            print("docs/catalog.md is not what the components say now; run: python3 dev.py generate", file=sys.stderr)
            return 1
        return 0
    target.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
