from __future__ import annotations

import io

import pytest
from PIL import Image

from backend.submissions.pictures import LARGEST_BYTES, PictureError, clean


def encoded(format_: str, size: tuple[int, int] = (40, 30), **how) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, format_, **how)
    return buffer.getvalue()


def exif() -> Image.Exif:
    found = Image.Exif()
    found[0x010F] = "CAMERA-OF-SOMEBODY"
    found[0x0112] = 6  # turned by a quarter
    return found


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew(format_):
    made = clean(encoded(format_))
    assert made.data[:3] == b"\xff\xd8\xff"
    assert Image.open(io.BytesIO(made.data)).size == (40, 30)


def test_nothing_of_the_camera_stays_and_the_picture_stands_upright():
    given = encoded("JPEG", exif=exif(), comment=b"HIDDEN")
    assert b"CAMERA-OF-SOMEBODY" in given
    made = clean(given + b"TRAILING-ARCHIVE").data
    for hidden in (b"CAMERA-OF-SOMEBODY", b"HIDDEN", b"TRAILING-ARCHIVE", b"Exif"):
        assert hidden not in made
    assert Image.open(io.BytesIO(made)).size == (30, 40)


def test_a_large_picture_is_made_smaller():
    assert max(Image.open(io.BytesIO(clean(encoded("JPEG", (3000, 1000))).data)).size) == 2400


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + bytes(LARGEST_BYTES), "larger than 8 MB"),
        (b"%PDF-1.7", "no readable"),
        (b"<svg onload='x'/>", "no readable"),
        (encoded("GIF"), "no readable"),
        (encoded("JPEG")[:200], "no readable"),
        (b"MZ" + bytes(100), "no readable"),
    ],
)
def test_what_is_no_picture_is_refused_in_both_languages(content, says):
    with pytest.raises(PictureError, match=says) as told:
        clean(content)
    assert told.value.vi


def test_a_bomb_of_pixels_is_refused():
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    with pytest.raises(PictureError):
        clean(buffer.getvalue())
