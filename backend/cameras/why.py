"""Why a roll-out was stopped, in Vietnamese: what `advance` writes down in English, and a box answers."""

from __future__ import annotations

import re
from typing import Final

from backend.operations.words import CONDITION_NAMES

_ILL: Final = re.compile(r"(\w+) (\d+) s after taking it over")
_LATE: Final = re.compile(r"not taken over within (\d+) s")
_REFUSED: Final = "refused by the box"


def in_vietnamese(why: str) -> str:
    """`pnt-01: silent 26 s after taking it over` is `pnt-01: Mất liên lạc, 26 giây sau khi nhận`.

    A box's own words stay as they are.
    """
    subject, colon, said = why.rpartition(": ")
    if (ill := _ILL.fullmatch(said)) is not None and ill[1] in CONDITION_NAMES:
        words = f"{CONDITION_NAMES[ill[1]][0]}, {ill[2]} giây sau khi nhận"
    elif (late := _LATE.fullmatch(said)) is not None:
        words = f"không nhận trong {late[1]} giây"
    elif said == _REFUSED:
        words = "hộp từ chối"
    else:
        return why
    return f"{subject}{colon}{words}"
