from __future__ import annotations

import pytest

from edge.toml_lines import line_of

TEXT = """\
schema = "x"        # line 1
name = "y"

[store]
endpoint = "e"
# [camera]
[[camera]]
id = "a"
[camera.extra]
deep = [
  1,
  2,
]

[[ camera ]]   # the second
id = "b"
"quoted key" = 3
a.b = 4
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("schema",), 1),
        (("name",), 2),
        (("store",), 4),
        (("store", "endpoint"), 5),
        (("store", "not there"), 4),
        (("camera", 0), 7),
        (("camera", 0, "id"), 8),
        (("camera", 0, "extra", "deep", 1), 10),
        (("camera", 1, "id"), 16),
        (("camera", 1, "quoted key"), 17),
        (("camera", 1, "a", "b"), 18),
        (("camera", 1, "missing"), 15),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_the_line_of_a_field(place, line):
    assert line_of(TEXT, place) == line
