"""The drawings of docs/rules are what the script draws today."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from scripts.draw_rules import FOLDER, drawn, main

PICTURES = drawn()


@pytest.mark.parametrize("rule", PICTURES)
def test_the_picture_on_disk_is_the_one_drawn(rule: str) -> None:
    on_disk = (FOLDER / f"{rule}.svg").read_text(encoding="utf-8")
    assert on_disk == PICTURES[rule], "run python -m scripts.draw_rules"
    root = ET.fromstring(on_disk)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text
    assert " / " in title.text


def test_a_name_that_is_no_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no_such_rule"]) == 1
    assert "no_such_rule" in capsys.readouterr().err
