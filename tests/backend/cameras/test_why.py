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
        ("unheard 3 s after taking it over", "unheard 3 s after taking it over"),
    ],
)
def test_what_is_known_is_said_in_vietnamese(english, vietnamese):
    assert in_vietnamese(english) == vietnamese
