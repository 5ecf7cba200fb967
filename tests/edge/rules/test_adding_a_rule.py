"""The rule on docs/adding-a-rule.md works as it stands there: its table, and a whole analysis with it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from edge import rules
from edge.analysis import Analyser
from edge.capture import Frame
from edge.detector.types import Box, Detection, Image, PlateRead
from edge.scene import scene_of
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

PAGE = (kit.REPOSITORY / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"`([\w/]+\.py)`:\n\n```python\n(.*?)```", PAGE, flags=re.DOTALL))
RULE, TABLE = "edge/rules/too_slow.py", "tests/edge/rules/test_too_slow.py"


def module(name: str, source: str, path: str) -> ModuleType:
    made = ModuleType(name)
    sys.modules[name] = made
    exec(compile(source, path, "exec"), made.__dict__)
    return made


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The page's rule, saved and registered as the page says."""
    made = module("edge.rules.too_slow", BLOCKS[RULE], RULE)
    monkeypatch.setattr(rules, "too_slow", made, raising=False)
    registered: dict[Any, Any] = rules.RULES  # the page's first step, a new RuleName, is not taken here
    monkeypatch.setitem(
        registered,
        "too_slow",
        lambda track, context, finished: made.judge(track, context, finished=finished),
    )
    yield made
    del sys.modules["edge.rules.too_slow"]


class Eyes:
    """See the vehicles put before them, and no plates."""

    def __init__(self, cars: list[Any]) -> None:
        self.now = 0
        self.seen = {
            (index, track.id): one
            for track in cars
            for index, one in ((o.frame, o) for o in track.observations)
        }

    def detect(self, image: Image) -> list[Detection]:
        assert image.ndim == 3
        return [
            Detection(one.box, one.kind, 0.9) for (index, _), one in self.seen.items() if index == self.now
        ]

    def read(self, image: Image, vehicle: Box) -> PlateRead | None:
        assert image.ndim == 3
        assert vehicle.area > 0
        return None


def test_the_table_on_the_page_holds(example: ModuleType) -> None:
    table = module("tests.edge.rules.test_too_slow", BLOCKS[TABLE], TABLE)
    assert len(table.CASES) >= 5
    table.test_said()
    del sys.modules["tests.edge.rules.test_too_slow"]
    assert example.judge.__doc__


def test_an_analysis_runs_the_rule_on_the_page(example: ModuleType) -> None:
    assert example.__doc__
    times = kit.frames(7, 12.5)
    cars = [
        moves.driven(moves.straight(2.5, 14, 35), times, track=1),
        moves.driven(moves.straight(-2.5, 14, 75), times, track=2),
    ]
    file = kit.camera_file(unread_plates="report").model_copy(update={"rules": ("too_slow",)})
    eyes = Eyes(cars)
    analyser = Analyser(scene_of(file), eyes, eyes)
    events = []
    blank = np.zeros((kit.SIZE_PX[1], kit.SIZE_PX[0], 3), dtype=np.uint8)
    for index, t_s in enumerate(times):
        eyes.now = index
        events += analyser.feed(Frame(index, t_s, blank, None, "file", 0.0, 0))
    events += analyser.finish()
    assert [(event.violation.rule, event.violation.act) for event in events] == [
        ("too_slow", "speed_below_min")
    ]
    assert analyser.counts.withheld == 0


def test_the_page_holds_both_files() -> None:
    assert set(BLOCKS) == {RULE, TABLE}
