"""Draws the pictures of docs/rules anew: python -m scripts.draw_rules [rule ...]."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts import rule_drawings
from scripts.rule_plan import DRAWINGS

FOLDER: Final = Path(__file__).parents[1] / "docs" / "pictures" / "rules"


def drawn() -> dict[str, str]:
    """The SVG of every rule that has a drawing in `scripts/rule_drawings`."""
    for module in pkgutil.iter_modules(rule_drawings.__path__):
        importlib.import_module(f"{rule_drawings.__name__}.{module.name}")
    return {rule: draw().svg() for rule, draw in sorted(DRAWINGS.items())}


def main(names: Sequence[str]) -> int:
    """Write the drawings named, or all; 1 when a name is not known."""
    pictures = drawn()
    unknown = sorted(set(names) - set(pictures))
    if unknown:
        sys.stderr.write(f"no drawing for {', '.join(unknown)}; there are {', '.join(pictures)}\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for rule in names or pictures:
        (FOLDER / f"{rule}.svg").write_text(pictures[rule], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
