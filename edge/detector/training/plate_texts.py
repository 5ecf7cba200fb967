"""Inventing plate texts in every legal form, with the lines, the shape and the colour they are painted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.detector.training.chance import happens
from edge.detector.types import GroundColour, PlateLayout

_LETTERS: Final = "ABCDEFGHKLMNPSTUVXYZ"
_BLUE_LETTERS: Final = "ABCDEFGHKLM"
_WITH_DOT: Final = 5
_UNUSED_CODES: Final = frozenset({13, 42, 44, 45, 46, 87, 91, 96})


@dataclass(frozen=True, slots=True)
class PlateText:
    """What stands on a plate: its lines as painted, with dashes and dots, and the ground it stands on."""

    lines: tuple[str, ...]
    colour: GroundColour
    aspect: float
    """Width over height of the plate."""
    red_letters: bool = False

    @property
    def text(self) -> str:
        """Letters and digits only."""
        return "".join(character for line in self.lines for character in line if character.isalnum())

    @property
    def layout(self) -> PlateLayout:
        """How many lines there are."""
        return "one_line" if len(self.lines) == 1 else "two_line"


def random_text(random: np.random.Generator) -> PlateText:
    """A legal plate; the commoner forms come more often."""
    kind = random.choice(_KINDS, p=_SHARES)
    province = _province(random)
    if kind.startswith("moto"):
        return _motorbike(kind, province, random)
    if kind == "foreign":
        return _foreign(province, random)
    if kind == "military":
        head = "".join(random.choice(list(_LETTERS), 2))
        lines = (head, f"{_digits(2, random)}-{_digits(2, random)}")
        return (
            PlateText(lines, "red", 2.0)
            if happens(random, 0.5)
            else PlateText(("-".join(lines),), "red", 4.5)
        )
    return _car(kind, province, random)


_KINDS: Final = (
    "moto_old",
    "moto_new",
    "moto_4",
    "moto_md",
    "moto_large",
    "car",
    "car_4",
    "car_special",
    "foreign",
    "military",
)
_SHARES: Final = (0.24, 0.12, 0.07, 0.02, 0.01, 0.40, 0.05, 0.05, 0.03, 0.01)


def _motorbike(kind: str, province: str, random: np.random.Generator) -> PlateText:
    blue = kind == "moto_old" and happens(random, 0.1)
    letter = random.choice(list(_BLUE_LETTERS if blue else _LETTERS))
    series = {
        "moto_new": letter + random.choice(list(_LETTERS)),
        "moto_md": f"{_stroke_d('MD', random)}{random.integers(1, 10)}",
        "moto_large": str(random.choice(["HB", "HC", "LD"])),
    }.get(kind, f"{letter}{random.integers(1, 10)}")
    number = _number(4 if kind in {"moto_4", "moto_large"} else 5, random)
    dash = random.choice(["-", "-", "-", ".", ""])
    return PlateText(
        (f"{province}{dash}{series}", number), "blue" if blue else "white", random.uniform(1.2, 1.45)
    )


def _car(kind: str, province: str, random: np.random.Generator) -> PlateText:
    colour: GroundColour = random.choice(["white", "yellow", "blue"], p=[0.62, 0.28, 0.10])
    series = str(random.choice(list(_BLUE_LETTERS if colour == "blue" else _LETTERS)))
    if kind == "car_special":
        series = str(random.choice(["CD", "RM", "HC", "KT", "LD", "MK", "TD", "DA", "R", "CT", "LB"]))
        series = _stroke_d(series, random) if series == "TD" else series
    short = kind == "car_4" or (kind == "car_special" and happens(random, 0.25))
    number = _number(4 if short else 5, random)
    dash = str(random.choice(["-", "-", ""]))
    if happens(random, 0.7):
        middle = str(random.choice(["-", "-", "-", " ", "."]))
        return PlateText((f"{province}{series}{middle}{number}",), colour, random.uniform(4.0, 4.8))
    return PlateText((f"{province}{dash}{series}", number), colour, random.uniform(1.35, 2.1))


def _foreign(province: str, random: np.random.Generator) -> PlateText:
    series = str(random.choice(["NG", "QT", "CV", "NN"]))
    country = f"{random.integers(1, 1000):03d}"
    red = series in {"NG", "QT"}
    if happens(random, 0.4):
        number = f"{random.integers(1, 1000):03d}"
        return PlateText((f"{province}-{country}", f"{series}-{number}"), "white", 1.36, red)
    number = f"{random.integers(1, 100):02d}"
    if happens(random, 0.5):
        return PlateText((f"{province}-{country}-{series}-{number}",), "white", 4.5, red)
    return PlateText((f"{province}-{country}", f"{series}-{number}"), "white", 2.0, red)


def _stroke_d(series: str, random: np.random.Generator) -> str:
    """The D of old series is a stroked one; some plates leave the stroke out."""
    return series.replace("D", "Đ") if happens(random, 0.75) else series


def _province(random: np.random.Generator) -> str:
    code = int(random.integers(11, 100))
    return _province(random) if code in _UNUSED_CODES else str(code)


def _number(digits: int, random: np.random.Generator) -> str:
    """The running number as painted: five digits mostly with a dot after the third."""
    number = _digits(digits, random)
    if not int(number):
        return _number(digits, random)
    return f"{number[:3]}.{number[3:]}" if digits == _WITH_DOT and happens(random, 0.85) else number


def _digits(count: int, random: np.random.Generator) -> str:
    return "".join(str(digit) for digit in random.integers(0, 10, count))
