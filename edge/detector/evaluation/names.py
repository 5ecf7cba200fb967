"""What data sets call the things that we know: synonyms, compared without case, accents and signs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

SIGNAL, PLATE, HELMET, NO_HELMET = "signal", "plate", "helmet", "no_helmet"

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "motorbike": (
        "motorbike",
        "motor bike",
        "motorcycle",
        "motorcyclist",
        "motobike",
        "motor",
        "moto",
        "mtc",
        "scooter",
        "rider",
        "motorbike rider",
        "person on motorbike",
        "xe may",
        "xe moto",
        "xe mo to",
        "xe hai banh",
        "xe gan may",
    ),
    "car": ("car", "cars", "sedan", "suv", "taxi", "oto", "o to", "xe o to", "xe con", "xe hoi", "xe oto"),
    "bus": ("bus", "minibus", "mini bus", "coach", "xe buyt", "xe khach", "bus minibus", "minibus coach"),
    "truck": (
        "truck",
        "lorry",
        "van",
        "trailer",
        "container",
        "xe tai",
        "xe ben",
        "xe dau keo",
        "xe container",
    ),
    "bicycle": ("bicycle", "pushbike", "cyclist", "xe dap"),
    "person": ("person", "people", "pedestrian", "human", "nguoi", "nguoi di bo"),
    HELMET: (
        "helmet",
        "with helmet",
        "helmeted",
        "wearing helmet",
        "head with helmet",
        "helmet on",
        "co mu",
        "mu bao hiem",
        "co mu bao hiem",
        "doi mu",
    ),
    NO_HELMET: (
        "no helmet",
        "nohelmet",
        "without helmet",
        "non helmet",
        "not wearing helmet",
        "helmet off",
        "head",
        "bare",
        "bare head",
        "head without helmet",
        "khong mu",
        "khong mu bao hiem",
        "khong doi mu",
    ),
    SIGNAL: (
        "signal",
        "traffic light",
        "traffic lights",
        "trafficlight",
        "traffic signal",
        "light",
        "signal head",
        "den",
        "den giao thong",
        "den tin hieu",
    ),
    PLATE: (
        "plate",
        "plates",
        "license plate",
        "licence plate",
        "licenseplate",
        "number plate",
        "vehicle plate",
        "lp",
        "bsx",
        "bien so",
        "bien so xe",
        "bien",
    ),
}
"""Our name, and what sets are known to call it. `bike` and `pickup` mean two things: nobody guesses."""

STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "red": ("red", "stop", "do", "den do", "red light"),
    "amber": ("amber", "yellow", "orange", "vang", "den vang", "yellow light"),
    "green": ("green", "go", "xanh", "den xanh", "green light"),
    "dark": ("dark", "off", "tat"),
    "unknown": ("unknown", "unclear", "unsure", "khong ro"),
}
"""Our state of a signal head, and other words for it."""


def plain(text: str) -> str:
    """Lower case, without accents, words of letters and digits parted by single blanks."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = (one if one.isalnum() else " " for one in bare if not unicodedata.combining(one))
    return " ".join("".join(kept).split())


_NAMES: Final = {plain(word): ours for ours, words in SYNONYMS.items() for word in (*words, ours)}
_STATES: Final = {plain(word): ours for ours, words in STATES.items() for word in words}


def our_name(theirs: str) -> str | None:
    """Our name for a class of a data set; a signal head in a known state is a `signal`; None when unknown."""
    name = _NAMES.get(plain(theirs))
    return name or (SIGNAL if state_in(theirs) else None)


def state_in(theirs: str) -> str | None:
    """The state that a class such as `traffic_light_red` or `red` names; None when it names none."""
    words = plain(theirs)
    state = _STATES.get(words)
    if state:
        return state
    for word in SYNONYMS[SIGNAL]:
        for rest in (words.removeprefix(f"{word} "), words.removesuffix(f" {word}")):
            if rest != words and rest in _STATES:
                return _STATES[rest]
    return None
