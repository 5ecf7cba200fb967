"""Random synthetic number plates of every kind for the training pictures (no Blender, no drawing)."""

from __future__ import annotations

import random

LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
STATE_LETTERS = LETTERS[:11]
ARMY = ("TM", "TC", "TH", "TT", "QA", "QB", "KA", "KB", "PA", "BT", "AA", "BC")
PROVINCES = ("61", "61", "61", "50", "51", "59", "60", "62", "72", "93", "29", "30", "43", "65", "98")


def random_plate(rng: random.Random, kind: str) -> tuple[str, str]:
    """Return (canonical text, ground colour) of a plate for a vehicle class."""
    bike = kind == "motorbike"
    ground = _ground(rng, kind)
    province = rng.choice(PROVINCES)
    if ground == "red":
        return f"{rng.choice(ARMY)}{rng.randint(0, 99):02d}{rng.randint(0, 99):02d}", ground
    if ground == "white" and rng.random() < 0.05:
        number = f"{rng.randint(1, 999):03d}" if bike else f"{rng.randint(1, 99):02d}"
        series = rng.choice(("NG", "NN", "QT", "CV"))
        return f"{rng.choice(('80', '50', '61'))}{rng.randint(1, 799):03d}{series}{number}", ground
    letter = rng.choice(STATE_LETTERS if ground == "blue" else LETTERS)
    if bike:
        second = rng.choice("123456789" if ground == "blue" or rng.random() < 0.6 else LETTERS)
        old = ground == "white" and second.isdigit() and rng.random() < 0.1
        return f"{province}{letter}{second}{_number(rng, 4 if old else 5)}", ground
    old = ground == "white" and rng.random() < 0.06
    return f"{province}{letter}{_number(rng, 4 if old else 5)}", ground


def _number(rng: random.Random, digits: int) -> str:
    return f"{rng.randint(1, 10**digits - 1):0{digits}d}"


def _ground(rng: random.Random, kind: str) -> str:
    share = {
        "motorbike": (93, 0, 6, 1),
        "car": (66, 18, 9, 7),
        "bus": (30, 62, 4, 4),
        "truck": (36, 50, 6, 8),
    }[kind]
    return rng.choices(("white", "yellow", "blue", "red"), share)[0]
