"""The first pages on a slow line: everything a phone fetches before a person scrolls, as it is served."""

from __future__ import annotations

import gzip
import io
import re

import numpy as np
import pytest
from PIL import Image

from backend.cameras.models import CameraSetup
from backend.evidence.preview import LARGEST_BYTES, WIDTH_PX, preview
from tests.backend.factories import _contents

FIRST_VIEW_BYTES = 50_000
_ASSETS = re.compile(r"""<(?:link|script)[^>]+(?:href|src)="(/static/[^"]+)""")
_PICTURES = re.compile(r'<img src="([^"]+)"[^>]*>')


def street(size=(1920, 1080)) -> bytes:
    """As heavy as a camera's picture: detail everywhere."""
    noise = np.random.default_rng(7).integers(60, 190, (size[1] // 3, size[0] // 3, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def served_bytes(client, path: str) -> int:
    """What travels for one address, headers not counted."""
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200, path
        return sum(len(piece) for piece in answer.iter_raw())


def first_view(client, path: str) -> dict[str, int]:
    """Page, styles, scripts and the pictures that are not loaded lazily, by address."""
    page = client.get(path).text
    pictures = [found[1] for found in _PICTURES.finditer(page) if 'loading="lazy"' not in found[0]]
    posters = re.findall(r'poster="([^"]+)"', page)
    addresses = [path, *_ASSETS.findall(page), *pictures, *posters]
    return {address: served_bytes(client, address) for address in addresses}


def test_the_first_pages_are_light_as_served(case):
    contents = {**_contents("red_light", "59X112345")}
    contents |= {role: street() for role in contents if role.startswith(("still", "masked_a", "masked_b"))}
    case.notified(kind="motorbike", contents=contents).enter()
    for path in ("/", "/tra-cuu", "/ho-so", "/ho-so/muc-phat", "/ho-so/lua-chon", "/ho-so/tien-trinh"):
        weights = first_view(case.owner, path)
        assert sum(weights.values()) < FIRST_VIEW_BYTES, weights


def test_text_is_compressed_and_pictures_video_and_staff_pages_are_not(case):
    case.notified(kind="motorbike").enter()
    packed = {"Accept-Encoding": "gzip"}
    page = case.owner.get("/ho-so", headers=packed)
    assert page.headers["content-encoding"] == "gzip"
    with case.owner.stream("GET", "/ho-so", headers=packed) as answer:
        assert b"o-case" in gzip.decompress(b"".join(answer.iter_raw()))
    part = case.owner.get("/ho-so/bang-chung/masked_clip", headers={**packed, "Range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
    for path in ("/ho-so/bang-chung/masked_at", "/ho-so/bang-chung/masked_at/nho", "/ho-so/bang-chung.zip"):
        assert "content-encoding" not in case.owner.get(path, headers=packed).headers
    # A page with an anti-forgery token must not tell it by its length.
    assert "content-encoding" not in case.officer.get("/canh-sat", headers=packed).headers


def test_the_place_is_a_link_for_the_telephones_own_map(case, services):
    case.notified(kind="motorbike").enter()
    assert "geo:" not in case.owner.get("/ho-so").text
    with services.database.unit_of_work() as session:
        session.add(CameraSetup(camera_id="pnt-01", latitude_deg=10.98, longitude_deg=106.65))
    page = case.owner.get("/ho-so").text
    assert 'href="geo:10.98,106.65?q=10.98,106.65">10.98000, 106.65000</a>' in page


def test_a_static_file_is_fetched_once(client):
    address = re.search(r'href="(/static/owner\.css\?v=[^"]+)"', client.get("/tra-cuu").text)[1]
    assert "immutable" in client.get(address).headers["cache-control"]
    assert "immutable" not in client.get("/static/owner.css").headers.get("cache-control", "")


@pytest.mark.parametrize("size", [(1920, 1080), (640, 480), (120, 80)])
def test_a_preview_fits_and_keeps_its_shape(size):
    small = preview(street(size))
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.format == "JPEG"
        assert picture.width <= min(WIDTH_PX, size[0])
        assert abs(picture.width / picture.height - size[0] / size[1]) < 0.03
    assert len(small) <= LARGEST_BYTES


def test_a_preview_of_no_picture_is_refused():
    with pytest.raises(OSError, match="identify"):
        preview(b"no picture at all")
