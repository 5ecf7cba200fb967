"""Reading picture files, whole and broken; every file is made here."""

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from edge.detector.errors import ImageError
from edge.detector.images import read_image
from edge.detector.picture_files import look_at

RED, GREEN, WHITE = (0, 0, 255), (0, 200, 0), (255, 255, 255)  # blue, green, red


def two_halves(width: int = 96, height: int = 64) -> np.ndarray:
    """Red above, green below."""
    image = np.empty((height, width, 3), np.uint8)
    image[: height // 2], image[height // 2 :] = RED, GREEN
    return image


def encoded(picture: Pillow.Image, form: str, **how: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


def pillow() -> Pillow.Image:
    return Pillow.fromarray(two_halves()[:, :, ::-1])


def turned() -> Pillow.Exif:
    """Lies on its side: to be turned a quarter clockwise to be upright."""
    exif = Pillow.Exif()
    exif[0x0112] = 6
    return exif


def with_thumbnail() -> Pillow.Exif:
    """A whole JPEG, end marker and all, in the header."""
    exif = Pillow.Exif()
    exif[0x927C] = encoded(pillow().resize((16, 16)), "JPEG")
    return exif


def see_through() -> Pillow.Image:
    picture = pillow()
    alpha = np.full((64, 96), 255, np.uint8)
    alpha[:32] = 0
    picture.putalpha(Pillow.fromarray(alpha))
    return picture


def deep(scale: int) -> bytes:
    return cv2.imencode(".png", two_halves().astype(np.uint16) * scale)[1].tobytes()


JPEG = encoded(pillow(), "JPEG", quality=95)
PNG = encoded(pillow(), "PNG")
WEBP = encoded(pillow(), "WEBP", quality=95)
PROGRESSIVE = encoded(pillow(), "JPEG", quality=95, progressive=True)
THUMBNAILED = encoded(pillow(), "JPEG", quality=95, exif=with_thumbnail())


def read(data: bytes, folder: Path) -> np.ndarray:
    path = folder / "picture.jpg"
    path.write_bytes(data)
    return read_image(path)


@pytest.mark.parametrize(
    ("data", "above", "below"),
    [
        pytest.param(JPEG, RED, GREEN, id="jpeg"),
        pytest.param(PROGRESSIVE, RED, GREEN, id="progressive jpeg"),
        pytest.param(JPEG + b"\0" * 99 + b"something after the end", RED, GREEN, id="something after it"),
        pytest.param(THUMBNAILED, RED, GREEN, id="jpeg in its own header"),
        pytest.param(encoded(pillow().convert("CMYK"), "JPEG", quality=95), RED, GREEN, id="cmyk"),
        pytest.param(encoded(pillow().convert("L"), "JPEG"), (76,) * 3, (117,) * 3, id="grey jpeg"),
        pytest.param(PNG, RED, GREEN, id="png"),
        pytest.param(encoded(pillow().quantize(4), "PNG"), RED, GREEN, id="palette"),
        pytest.param(encoded(pillow().convert("L"), "PNG"), (76,) * 3, (117,) * 3, id="grey png"),
        pytest.param(deep(257), RED, GREEN, id="16 bits"),
        pytest.param(encoded(see_through(), "PNG"), WHITE, GREEN, id="transparent"),
        pytest.param(encoded(pillow().convert("LA"), "PNG"), (76,) * 3, (117,) * 3, id="grey with alpha"),
        pytest.param(WEBP, RED, GREEN, id="webp"),
        pytest.param(encoded(pillow(), "BMP"), RED, GREEN, id="bmp"),
    ],
)
def test_colours_come_out_right(data: bytes, above: object, below: object, tmp_path: Path) -> None:
    image = read(data, tmp_path)
    assert image.shape == (64, 96, 3)
    assert image.dtype == np.uint8
    assert np.allclose(image[10, 40], above, atol=8)
    assert np.allclose(image[-10, 40], below, atol=8)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_on_its_side_is_set_upright(form: str, tmp_path: Path) -> None:
    image = read(encoded(pillow(), form, exif=turned()), tmp_path)
    assert image.shape == (96, 64, 3)
    assert np.allclose(image[40, 5], GREEN, atol=12)
    assert np.allclose(image[40, -5], RED, atol=12)


def test_forty_eight_megapixels(tmp_path: Path) -> None:
    data = cv2.imencode(".jpg", np.full((6000, 8000, 3), 90, np.uint8))[1].tobytes()
    assert read(data, tmp_path).shape == (6000, 8000, 3)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"no picture at all", "not a picture that can be decoded", id="text"),
        pytest.param(JPEG[: len(JPEG) // 2], "cut off: the JPEG", id="half a jpeg"),
        pytest.param(JPEG[:-2], "cut off: the JPEG", id="jpeg without its end marker"),
        pytest.param(JPEG[:30], "cut off: the JPEG", id="jpeg cut in its header"),
        pytest.param(JPEG[:-9] + b"\0" * 4000, "cut off: the JPEG", id="jpeg, zeros instead of its end"),
        pytest.param(THUMBNAILED[:-200], "cut off: the JPEG", id="jpeg with a thumbnail"),
        pytest.param(PROGRESSIVE[:-60], "cut off: the JPEG", id="half a progressive jpeg"),
        pytest.param(PNG[:-20], "cut off: the PNG", id="half a png"),
        pytest.param(PNG[:-1], "cut off: the PNG", id="png without its last byte"),
        pytest.param(PNG[:60] + bytes([PNG[60] ^ 1]) + PNG[61:], "checksum", id="png with a wrong bit"),
        pytest.param(WEBP[:-9], "cut off: the WebP", id="webp"),
        pytest.param(encoded(pillow().resize((1, 1)), "PNG"), "1 x 1 px is too small", id="one pixel"),
        pytest.param(encoded(pillow().resize((400, 7)), "JPEG"), "400 x 7 px is too small", id="a strip"),
        pytest.param(deep(1), "16-bit", id="16 bits that hold 8"),
        pytest.param(deep(16), "16-bit", id="16 bits that hold 12"),
    ],
)
def test_what_cannot_be_trusted_is_refused_in_one_line(
    data: bytes, words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ImageError) as caught:
        read(data, tmp_path)
    message = str(caught.value)
    assert words in message
    assert "picture.jpg" in message
    assert "\n" not in message
    assert capfd.readouterr() == ("", "")


def test_a_picture_too_large_to_be_one_is_not_decoded(tmp_path: Path) -> None:
    header = bytearray(PNG)
    header[16:24] = (60_000).to_bytes(4, "big") * 2
    crc = __import__("zlib").crc32(header[12:29])
    header[29:33] = crc.to_bytes(4, "big")
    with pytest.raises(ImageError, match="60000 x 60000 px is more than 200 megapixels"):
        read(bytes(header), tmp_path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: path.mkdir(), "a folder, not a picture", id="folder"),
        pytest.param(lambda path: None, "cannot open picture (No such file", id="missing"),
    ],
)
def test_what_is_no_file(make: Callable[[Path], object], words: str, tmp_path: Path) -> None:
    make(tmp_path / "here")
    with pytest.raises(ImageError) as caught:
        read_image(tmp_path / "here")
    assert words in str(caught.value)


@given(cut=st.integers(0, min(len(JPEG), len(PNG), len(WEBP)) - 1), which=st.sampled_from([JPEG, PNG, WEBP]))
def test_no_beginning_of_a_picture_passes_for_a_whole_one(cut: int, which: bytes) -> None:
    assert look_at(which).trouble == ""
    looks = look_at(which[:cut])
    assert looks.trouble or looks.size_px is None  # the first few bytes may be anything


@given(st.binary(max_size=200), st.sampled_from([b"", JPEG[:20], PNG[:16], WEBP[:12]]))
def test_any_bytes_are_looked_at_without_falling_over(data: bytes, start: bytes) -> None:
    look_at(start + data)
