"""Pictures of a video that a table labels."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge.detector.errors import DataError
from edge.detector.evaluation.field import VIDEO_TABLES
from edge.detector.evaluation.labelled_video import NOT_JUDGED, picture_set, video_set
from edge.detector.evaluation.sets import Thing
from edge.detector.evaluation.tables import Row, read_table
from edge.detector.training.head_data import LABELS
from edge.detector.training.vehicle_data import TRAINED_VIDEOS
from edge.detector.types import Box

GREYS = (40, 120, 200)
PICTURES_A_SECOND = 2
FOUR_WHEELS = {"car", "bus", "truck"}
EXCUSED = 0.5
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


def test_pictures_are_labelled_the_same_way(tmp_path: Path) -> None:
    for name, grey in (("a.png", 40), ("b.png", 90)):
        cv2.imwrite(str(tmp_path / name), np.full((48, 64, 3), grey, np.uint8))
    table = tmp_path / "cyclists.csv"
    rows = ("a.png,bicycle,1,2,30,20", "a.png,not_judged,40,0,9,9", "b.png,bicycle,0,0,50,40")
    table.write_text("\n".join(["image,kind,x,y,w,h", *rows]), encoding="utf-8")
    found = picture_set(table, tmp_path)
    assert found is not None
    assert (found.name, found.kinds) == ("cyclists", ("bicycle",))
    first, second = found.scenes()
    assert (first.things, first.not_judged) == ((Thing("bicycle", Box(1, 2, 30, 20)),), (Box(40, 0, 9, 9),))
    assert second.picture.load().mean() == 90
    (tmp_path / "b.png").unlink()
    assert picture_set(table, tmp_path) is None


def rows_of(name: str) -> list[Row]:
    return read_table(LABELS / f"{name}.csv")[1]


def box_of(row: Row) -> Box:
    return Box(*(float(row[side]) for side in "xywh"))


@pytest.mark.parametrize("name", VIDEO_TABLES)
def test_a_table_of_ours_is_of_one_film_that_no_network_was_trained_on(name: str) -> None:
    (film,) = {row["video"] for row in rows_of(name)}
    assert Path(film).name not in TRAINED_VIDEOS


@pytest.mark.parametrize("name", VIDEO_TABLES)
def test_the_rows_of_a_picture_stand_together_in_the_order_of_time(name: str) -> None:
    times_s = [float(row["t_s"]) for row in rows_of(name)]
    assert times_s == sorted(times_s)


@pytest.mark.parametrize("name", VIDEO_TABLES)
def test_what_is_judged_has_a_class_and_a_size(name: str) -> None:
    for row in rows_of(name):
        assert row["kind"] in {*FOUR_WHEELS, NOT_JUDGED}
        assert box_of(row).w > 0
        assert box_of(row).h > 0


@pytest.mark.parametrize("name", VIDEO_TABLES)
def test_no_place_that_is_not_judged_hides_a_vehicle_that_is(name: str) -> None:
    """Else a lorry called a car would cost nothing."""
    rows = rows_of(name)
    for row in (one for one in rows if one["kind"] != NOT_JUDGED):
        beside = [one for one in rows if (one["t_s"], one["kind"]) == (row["t_s"], NOT_JUDGED)]
        for other in beside:
            assert covered(box_of(row), box_of(other)) < EXCUSED, (row, other)


def covered(box: Box, by: Box) -> float:
    """The share of `box` that lies in `by`, 0 to 1."""
    width = min(box.x + box.w, by.x + by.w) - max(box.x, by.x)
    height = min(box.y + box.h, by.y + by.h) - max(box.y, by.y)
    return max(width, 0.0) * max(height, 0.0) / box.area
