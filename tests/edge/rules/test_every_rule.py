"""Nothing is forgotten of a rule: its words, its page, its drawing, its line in the index."""

from __future__ import annotations

import re

import pytest

from backend.review.words import _MEASURE_NAMES, RULE_NAMES
from edge.report import ACTS_OF_RULE, RuleName
from edge.rules import RULES
from tests.edge.road_kit import REPOSITORY

PAGES = REPOSITORY / "docs" / "rules"
NAMED = re.compile(r"""(?:measure\(|name=)\s*["'](\w+)["']""")


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_has_its_page_drawing_and_words(rule: RuleName) -> None:
    assert ACTS_OF_RULE[rule]
    assert all(RULE_NAMES[rule])
    page = (PAGES / f"{rule}.md").read_text(encoding="utf-8")
    assert f"(`{rule}`)" in page.splitlines()[0]
    pictures = re.findall(r"\]\((\.\./pictures/[^)]+\.svg)\)", page)
    assert pictures
    assert all((PAGES / one).exists() for one in pictures)
    assert re.search(r"Art\. \d", page), "no article of the law"
    assert any(act in page for act in ACTS_OF_RULE[rule])
    assert f"[`{rule}`]({rule}.md)" in (PAGES / "README.md").read_text(encoding="utf-8")


def test_every_measure_has_a_name_people_can_read() -> None:
    named = {
        name
        for file in (REPOSITORY / "edge" / "rules").glob("*.py")
        for name in NAMED.findall(file.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= set(_MEASURE_NAMES)
