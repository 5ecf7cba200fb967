"""Why a roll-out was stopped is said in the reader's language."""

from __future__ import annotations

import pytest

from backend.cameras.why import in_vietnamese


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("pnt-01: silent 26 s after taking it over", "pnt-01: Mất liên lạc, 26 giây sau khi nhận"),
        ("pnt-01: not taken over within 120 s", "pnt-01: không nhận trong 120 giây"),
        ("pnt-01: refused by the box", "pnt-01: hộp từ chối"),
        ("pnt-01: camera.toml:3: road: no", "pnt-01: camera.toml:3: road: no"),
        ("unheard 3 s after taking it over", "unheard, 3 giây sau khi nhận"),
        (
            "box-a: cam-a: 3.1 pictures a second, 12.5 before 40 s after taking it over",
            "box-a: cam-a: 3.1 hình mỗi giây, trước đó 12.5, 40 giây sau khi nhận",
        ),
        (
            "box-a: ended with code 1 after 2 s, before it was confirmed",
            "box-a: tự dừng với mã 1 sau 2 giây, trước khi được xác nhận",
        ),
        (
            "box-a: not confirmed within 300 s: cam-a: was alive and is dark",
            "box-a: không được xác nhận trong 300 giây: cam-a: đang hoạt động, nay: Quá tối",
        ),
        ("box-a: runs 0.1.0 31 s after taking it over", "box-a: đang chạy 0.1.0, 31 giây sau khi nhận"),
    ],
)
def test_what_is_known_is_said_in_vietnamese(english, vietnamese):
    assert in_vietnamese(english) == vietnamese
