"""What came of each thing in a picture: seen rightly, or how it was not. Pure: boxes in, verdicts out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from edge.detector.evaluation.plate_scores import PlateGuess, distance
from edge.detector.evaluation.sets import PlateTruth, Thing
from edge.detector.types import Box

Subject = Literal["vehicles", "riders", "signals", "plates"]
How = Literal[
    "right", "missed", "loose box", "wrong", "wrong and accepted", "unknown", "nothing there", "double"
]

SUBJECTS: Final[tuple[Subject, ...]] = ("vehicles", "riders", "signals", "plates")
_EXCUSED: Final = 0.5
_LOOSE: Final = 0.2
_SAME_PLATE: Final = 0.3
_LARGE_PX: Final[dict[Subject, float]] = {
    "vehicles": 300.0,
    "riders": 45.0,
    "signals": 110.0,
    "plates": 80.0,
}


class Claim(NamedTuple):
    """Something that was said to be there: a class, state or text, the box in px, a score 0 to 1."""

    kind: str
    box: Box
    score: float


class Verdict(NamedTuple):
    """How a true thing, a claim, or both together came out; `truth` is None for a claim about nothing."""

    how: How
    truth: Thing | None
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Case:
    """A verdict with where it comes from: picture and condition (day, dusk, night, rain or clip).

    `detail` tells more of the true thing where the renderer does: a vehicle's model, what a head wears.
    """

    subject: Subject
    picture: str
    condition: str
    verdict: Verdict
    detail: str = ""
    note: str = ""

    @property
    def kind(self) -> str:
        """The true class; for a claim about nothing, what was claimed."""
        _, truth, claim = self.verdict
        return truth.kind if truth else claim.kind if claim else ""

    @property
    def failed(self) -> bool:
        """Whether it belongs on a sheet."""
        return self.verdict.how != "right"

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The true box and the claimed one, those that there are, px."""
        return tuple(one.box for one in (self.verdict.truth, self.verdict.claim) if one is not None)

    @property
    def badness(self) -> float:
        """0 to 1, for sorting: how large what was not seen, how sure what was said wrongly."""
        how, truth, claim = self.verdict
        if claim is not None and how not in {"unknown", "loose box"}:
            return claim.score
        side_px = max(truth.box.h, truth.box.w) if truth else 0.0
        return min(side_px / _LARGE_PX[self.subject], 1.0)


def judge(
    things: Sequence[Thing], claims: Sequence[Claim], not_judged: Sequence[Box], overlap: float
) -> list[Verdict]:
    """Hold the claims about one picture against what is there.

    A thing takes the claim of its own kind that overlaps it most (at least `overlap`), else one of another
    kind, else one of its kind that lies loosely. Claims left over are about nothing, or the same thing
    twice, unless they are about what is not judged.
    """
    verdicts: dict[int, Verdict] = {}
    used: set[int] = set()
    for same, least in ((True, overlap), (False, overlap), (True, _LOOSE)):
        for number, place in _pairs(things, claims, least, same_kind=same):
            if number not in verdicts and place not in used:
                used.add(place)
                how = _how(things[number], claims[place], loose=least < overlap)
                verdicts[number] = Verdict(how, things[number], claims[place])
    seen = [verdicts.get(number, Verdict("missed", one, None)) for number, one in enumerate(things)]
    left = [one for place, one in enumerate(claims) if place not in used]
    return [*seen, *_about_nothing(left, things, not_judged, overlap)]


def judge_plates(plates: Sequence[PlateTruth], reads: Sequence[PlateGuess]) -> list[Verdict]:
    """Each plate with the read on it that says it best; reads elsewhere are not judged.

    A claim's score is 1 where the product would stand by the read, else 0.
    """
    verdicts = []
    for plate in plates:
        if plate.box is None:
            continue
        truth = Thing(plate.text, plate.box)
        on_it = [one for one in reads if one.box.iou(plate.box) >= _SAME_PLATE]
        if not on_it:
            verdicts.append(Verdict("missed", truth, None))
            continue
        best = min(on_it, key=lambda one: (distance(plate.text, one.text), not one.accepted))
        claim = Claim(best.text, best.box, float(best.accepted))
        verdicts.append(Verdict(_said(plate.text, best), truth, claim))
    return verdicts


def _pairs(
    things: Sequence[Thing], claims: Sequence[Claim], least: float, *, same_kind: bool
) -> Iterator[tuple[int, int]]:
    ranked = sorted(
        (-thing.box.iou(claim.box), number, place)
        for number, thing in enumerate(things)
        for place, claim in enumerate(claims)
        if (thing.kind == claim.kind) == same_kind
    )
    return ((number, place) for shared, number, place in ranked if -shared >= least)


def _how(thing: Thing, claim: Claim, *, loose: bool) -> How:
    if loose:
        return "loose box"
    if thing.kind == claim.kind:
        return "right"
    return "unknown" if claim.kind == "unknown" else "wrong"


def _said(text: str, read: PlateGuess) -> How:
    if read.text == text:
        return "right"
    if read.accepted:
        return "wrong and accepted"
    return "wrong" if read.text else "unknown"


def _about_nothing(
    claims: Sequence[Claim], things: Sequence[Thing], not_judged: Sequence[Box], overlap: float
) -> Iterator[Verdict]:
    for claim in claims:
        if any(_lies_on(claim.box, box) for box in not_judged):
            continue
        under = max(things, key=lambda one: one.box.iou(claim.box), default=None)
        if under is not None and under.box.iou(claim.box) >= overlap:
            yield Verdict("double", under, claim)
        else:
            yield Verdict("nothing there", None, claim)


def _lies_on(claim: Box, excused: Box) -> bool:
    return claim.intersection(excused) >= _EXCUSED * claim.area or claim.iou(excused) >= _LOOSE
