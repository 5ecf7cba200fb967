"""The pictures of docs/dossier.md are those of the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from penalty import complaint, reviewing
from penalty.diagram import dossier_graph
from penalty.payments import attempt

PAGE = (Path(__file__).parents[2] / "docs" / "dossier.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "draw", [reviewing.to_mermaid, dossier_graph, complaint.to_mermaid, attempt.to_mermaid]
)
def test_the_page_shows_the_table_of_the_code(draw: Callable[[], str]) -> None:
    assert f"```mermaid\n{draw()}```" in PAGE, "write the picture anew: see the head of docs/dossier.md"
