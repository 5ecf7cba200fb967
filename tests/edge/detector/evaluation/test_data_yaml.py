"""Reading the data.yaml of a YOLO set, as the tools of the field write it."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.errors import DataError
from edge.detector.evaluation.data_yaml import parse, read_data_yaml

ULTRALYTICS = """\
# Our set
path: ../datasets/hanoi  # root
train: images/train
val: images/val   # 4 pictures
test:  # none yet

# Classes
names:
  0: motorbike
  1: "car"
  2: 'bus # and coach'
download: |
  from x import y
  names: {}
"""
ROBOFLOW = """\
names:
- no helmet
- 'helmet, any'
nc: 2
roboflow:
  license: CC BY 4.0
  project: it's ours
  url: https://example.org/a:b
test: ../test/images
train: ../train/images
val: ../valid/images
"""


@pytest.mark.parametrize(
    ("text", "root", "parts", "names"),
    [
        pytest.param(
            ULTRALYTICS,
            "../datasets/hanoi",
            {"train": ("images/train",), "val": ("images/val",)},
            {0: "motorbike", 1: "car", 2: "bus # and coach"},
            id="as Ultralytics writes it",
        ),
        pytest.param(
            ROBOFLOW,
            "",
            {"train": ("../train/images",), "val": ("../valid/images",), "test": ("../test/images",)},
            {0: "no helmet", 1: "helmet, any"},
            id="as Roboflow writes it",
        ),
        pytest.param(
            "names: ['xe máy',\n        \"ô tô\"]\nval: [a, b]\n",
            "",
            {"val": ("a", "b")},
            {0: "xe máy", 1: "ô tô"},
            id="brackets over two lines",
        ),
        pytest.param(
            "names: {0: car, 3: 'truck'}\nval:\n  - a b\n  - c\n",
            "",
            {"val": ("a b", "c")},
            {0: "car", 3: "truck"},
            id="braces; dashes",
        ),
        pytest.param("\ufeffnc: 1\r\nvalid: v\r\n", "", {"val": ("v",)}, {}, id="no names; carriage returns"),
    ],
)
def test_the_ways_it_is_written(text: str, root: str, parts: object, names: object, tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(text, encoding="utf-8")
    found = read_data_yaml(path)
    assert (found.root, found.parts, found.names) == (root, parts, names)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("names: [a, b", "not closed"),
        ("names: {a: b}", "no class number"),
        ("names:\n  zero", "no class number"),
    ],
)
def test_what_is_not_understood_is_said(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=words) as caught:
        read_data_yaml(path)
    assert "data.yaml" in str(caught.value)


words = st.text("abcxyzđếô ", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.lists(words, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_reads_what_a_yaml_library_writes(names: list[str], numbered: bool, flow: bool) -> None:
    said = dict(enumerate(names)) if numbered else names
    text = yaml.safe_dump(
        {"names": said, "val": "images/val"}, allow_unicode=True, default_flow_style=flow, width=1000
    )
    if flow:
        text = text.strip()[1:-1].replace(", val:", "\nval:")  # one key a line, as people write it
    assert parse(text).names == dict(enumerate(names))
