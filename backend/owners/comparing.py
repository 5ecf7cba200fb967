"""The vehicle that was seen beside the one that is registered, line by line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from backend.owners import body_colour
from backend.owners.body_colour import Outcome, Paint, Pair
from backend.owners.words import FIELD_NAMES
from penalty.plates import COLOUR_NAMES, KIND_NAMES

Part = Literal["kind", "ground_colour", "colour", "brand"]

_FIELDS: dict[Part, str] = {
    "kind": "vehicle_kind",
    "ground_colour": "ground_colour",
    "colour": "vehicle_colour",
    "brand": "vehicle_brand",
}
# The registration knows finer kinds than a camera; these pairs are no contradiction.
_SAME_KIND = {"moped": "motorbike", "van": "car", "pickup": "truck", "coach": "bus"}


@dataclass(frozen=True)
class Line:
    """One line of the comparison. `why`: where it cannot be said; `swatch`: the colour seen, #rrggbb."""

    part: Part
    seen: Pair
    registered: Pair
    outcome: Outcome
    why: Pair | None = None
    swatch: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As a page or an answer shows it, with the name of the line."""
        return {**asdict(self), "name": FIELD_NAMES[_FIELDS[self.part]]}


def compared(
    vehicle: Mapping[str, str | None], *, kind: str, ground_colour: str, colour: Paint | None
) -> tuple[Line, ...]:
    """What was seen against a registration's `kind`, `ground_colour`, `colour` and `brand`."""
    registered_kind, ground = vehicle.get("kind"), vehicle.get("ground_colour")
    paint, brand = vehicle.get("colour"), vehicle.get("brand")
    said = body_colour.compare(paint, colour)
    doubt = body_colour.DOUBTS[said.doubt] if said.doubt and said.doubt not in _TOLD else None
    return (
        Line(
            "kind", _name(KIND_NAMES, kind), _name(KIND_NAMES, registered_kind), _kinds(registered_kind, kind)
        ),
        Line(
            "ground_colour",
            _name(COLOUR_NAMES, ground_colour),
            _name(COLOUR_NAMES, ground),
            _grounds(ground, ground_colour),
        ),
        Line(
            "colour",
            body_colour.words_for(colour),
            body_colour.registered_words(paint),
            said.outcome,
            doubt,
            colour.swatch if colour else None,
        ),
        Line("brand", ("xem ảnh", "see the pictures"), _same_in_both(brand), "unknown"),
    )


_TOLD = frozenset({"not_measured", "not_told"})
"""Doubts that the words for the colour seen give already."""


def same_kind(registered: str, seen: str) -> bool:
    """Whether the registration's kind of vehicle is the one that was seen or said."""
    return _SAME_KIND.get(registered, registered) == seen


def _kinds(registered: str | None, seen: str) -> Outcome:
    if registered is None:
        return "unknown"
    return "same" if same_kind(registered, seen) else "differs"


def _grounds(registered: str | None, seen: str) -> Outcome:
    if not registered or seen == "unknown":
        return "unknown"
    return "same" if registered == seen else "differs"


def _name(names: Mapping[str, Pair], key: str | None) -> Pair:
    return ("–", "–") if key is None else names.get(key, (key, key))


def _same_in_both(word: str | None) -> Pair:
    return (word, word) if word else ("–", "–")
