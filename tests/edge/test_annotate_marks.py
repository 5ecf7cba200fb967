"""The film shows what the camera file marks."""

from __future__ import annotations

import numpy as np
import pytest

from edge.annotate_marks import draw_marks
from tests.edge import road_kit as kit

CORNERS = [kit.ground(*one) for one in ((-3, 20), (3, 20), (3, 40), (-3, 40))]


@pytest.mark.parametrize(
    ("what", "changes", "at_m"),
    [
        ("lane", {"road": {"direction_m": (0, 1), "lanes": [{"name": "a", "polygon_px": CORNERS}]}}, (3, 30)),
        (
            "its arrow",
            {"road": {"direction_m": (0, 1), "lanes": [{"name": "a", "polygon_px": CORNERS}]}},
            (0, 30),
        ),
        ("zone", {"zones": [{"name": "a", "kind": "no_entry", "polygon_px": CORNERS}]}, (0, 20)),
        ("line", {"solid_lines": [{"name": "a", "points_px": CORNERS[1:3]}]}, (3, 30)),
        (
            "gate",
            {
                "forbidden_turns": [
                    {"name": "a", "kind": "left", "enter_px": CORNERS[:2], "leave_px": CORNERS[2:]}
                ]
            },
            (0, 40),
        ),
    ],
)
def test_drawn_where_it_lies(what: str, changes: dict[str, object], at_m: tuple[float, float]) -> None:
    width, height = kit.SIZE_PX
    image = np.zeros((height, width, 3), dtype=np.uint8)
    draw_marks(image, kit.road(**changes), 2)
    x, y = (round(one) for one in kit.ground(*at_m))
    assert image[y - 3 : y + 4, x - 3 : x + 4].any(), what
    assert not image[: height // 4].any()
