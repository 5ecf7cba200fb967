"""Pictures of a video that a table labels."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from edge.detector.errors import DataError
from edge.detector.evaluation.labelled_video import video_set
from edge.detector.evaluation.sets import Thing
from edge.detector.types import Box

GREYS = (40, 120, 200)
PICTURES_A_SECOND = 2
Table = Callable[..., Path]


@pytest.fixture
def field(tmp_path: Path) -> Path:
    """A folder with a video of three plain pictures, half a second apart."""
    with av.open(str(tmp_path / "road.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(PICTURES_A_SECOND))
        stream.width, stream.height = 64, 48
        for grey in GREYS:
            picture = np.full((48, 64, 3), grey, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())
    return tmp_path


@pytest.fixture
def table(field: Path) -> Table:
    def write(*rows: str) -> Path:
        path = field / "road_labels.csv"
        path.write_text("\n".join(["video,t_s,kind,x,y,w,h", *rows]), encoding="utf-8")
        return path

    return write


def test_each_labelled_moment_is_a_picture_with_its_boxes(field: Path, table: Table) -> None:
    rows = (
        "road.mp4,0.500,car,1,2,30.5,20",
        "road.mp4,0.500,not_judged,40,0,9,9",
        "road.mp4,1.000,bus,0,0,50,40",
    )
    found = video_set(table(*rows), field)
    assert found is not None
    assert (found.name, found.kinds) == ("road_labels", ("car", "bus"))
    first, second = found.scenes()
    assert first.things == (Thing("car", Box(1, 2, 30.5, 20)),)
    assert first.not_judged == (Box(40, 0, 9, 9),)
    assert [thing.kind for thing in second.things] == ["bus"]
    shown = [round(float(scene.picture.load().mean())) for scene in (second, first)]
    assert shown == pytest.approx([GREYS[2], GREYS[1]], abs=4)


def test_without_the_video_there_is_no_set(tmp_path: Path, table: Table) -> None:
    assert video_set(table("road.mp4,0.5,car,1,2,3,4"), tmp_path / "elsewhere") is None


def test_a_moment_that_the_video_lacks_is_named(field: Path, table: Table) -> None:
    found = video_set(table("road.mp4,7.250,car,1,2,3,4"), field)
    assert found is not None
    (scene,) = found.scenes()
    with pytest.raises(DataError, match=r"7\.25 s"):
        scene.picture.load()
