"""Several looks at one plate, one answer: by vote of the characters, or none at all.

A wrong plate accuses a stranger, so the rules are strict: two looks must say the very same text, every
character must be sure, and the text must be a legal plate. Grammar picks among characters that were seen;
it never brings in one that was not.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from edge.detector.plate_grammar import FORMS_ON_TWO_LINES, forms_of, is_legal
from edge.detector.types import PlateConsensus, PlateRead

AGREEING_LOOKS: Final = 2
CHARACTER_FLOOR: Final = 0.95
CLEAR_LOOK: Final = 0.9
"""The confidence that at least one of the agreeing looks must have in every character."""
UNANIMOUS_LOOKS: Final = 3
UNANIMOUS_FLOOR: Final = 0.92
"""What is asked of every character where so many looks, and all there are, say the same."""

_KINSHIP: Final = 0.7
_OUTSPOKEN: Final = 0.7
_NO: Final = False
_SAME_LENGTH_SHARE: Final = 0.75
_HEARD: Final = 0.3
_SUREST: Final = 0.9995
_RIVALS: Final = 2
_OPEN_POSITIONS: Final = 4
_OPEN_BELOW: Final = 0.98

Chances = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Vote:
    """The characters seen at one place of the plate, with what the looks together give each, 0 to 1."""

    chances: Chances

    @property
    def winner(self) -> str:
        return max(self.chances, key=lambda character: self.chances[character])


def combine(reads: Sequence[PlateRead]) -> PlateConsensus:
    """Let the looks at one vehicle's plate vote; see the module for when the answer is accepted.

    Looks at one plate resemble one another, so the evidence of n looks counts as that of n to the power of
    0.3 independent ones: ten blurred frames do not make a sure one. Where the vote cannot be relied on and
    one look is surer than it, that look's text is told. Where three looks or more all say the same, each
    may be a little less sure.
    """
    legible = [(index, _plain(read)) for index, read in enumerate(reads) if read.text]
    if not legible:
        return PlateConsensus(None, None, 0.0, _NO, "no look shows a legible plate", len(reads), 0, -1)
    length, same_length = _common_length(legible)
    votes = [_vote(place, [read for _, read in same_length]) for place in range(length)]
    text = _best_text(votes)
    agreeing = [(index, read) for index, read in same_length if read.text == text]
    best_index, best = max(agreeing or same_length, key=lambda pair: pair[1].confidence)
    unanimous = len(agreeing) == len(legible) >= UNANIMOUS_LOOKS
    floor = UNANIMOUS_FLOOR if unanimous else CHARACTER_FLOOR
    share = _weight_share(legible, length)
    objection = _objection(text, votes, reads, agreeing=len(agreeing), length_share=share, floor=floor)
    if not objection and best.confidence < CLEAR_LOOK:
        objection = f"no look is clear ({best.confidence:.2f})"
    confidence = _confidence(text, votes)
    lone = _surest(legible)
    if objection and lone[1].confidence > confidence and _may_overrule(lone[1], text):
        best_index, best, confidence = *lone, lone[1].confidence
        agreeing = [pair for pair in legible if pair[1].text == best.text]
    return PlateConsensus(
        text=reads[best_index].text if agreeing else text,
        display=best.display if agreeing else text,
        confidence=confidence,
        accepted=not objection,
        reason=objection or f"{len(agreeing)} looks agree",
        looks=len(reads),
        agreeing=len(agreeing),
        best_look=best_index,
    )


def _surest(legible: Sequence[tuple[int, PlateRead]]) -> tuple[int, PlateRead]:
    """The look to tell when the vote is worth less than it: a guess, never accepted."""
    return max(legible, key=lambda pair: pair[1].confidence)


def _may_overrule(lone: PlateRead, text: str) -> bool:
    """Whether a look may be told in place of a vote: not one that is itself in doubt and no legal plate."""
    return is_legal(lone.text) or not is_legal(text) or lone.confidence >= _OUTSPOKEN


def _plain(read: PlateRead) -> PlateRead:
    """The look with D for Đ: a stroke too faint to see is no disagreement."""
    return replace(read, text=read.text.replace("Đ", "D")) if "Đ" in read.text else read


def _objection(
    text: str,
    votes: Sequence[_Vote],
    reads: Sequence[PlateRead],
    *,
    agreeing: int,
    length_share: float,
    floor: float,
) -> str:
    """Why the text cannot be relied on; '' when it can."""
    confidence = _confidence(text, votes)
    if agreeing < AGREEING_LOOKS:
        return "only one look says so" if agreeing else "no two looks say the same"
    if length_share < _SAME_LENGTH_SHARE:
        return "the looks disagree on the number of characters"
    if confidence < floor:
        place = min(range(len(text)), key=lambda index: votes[index].chances[text[index]])
        seen = " or ".join(sorted(votes[place].chances, key=lambda one: -votes[place].chances[one])[:_RIVALS])
        return f"character {place + 1} is unsure: {seen} ({confidence:.2f})"
    if not is_legal(text):
        return "not a legal plate"
    longer = [read for read in reads if read.confidence >= _HEARD and _left_out(text, read.text)]
    if longer and not (agreeing >= UNANIMOUS_LOOKS and all(_is_a_stutter(text, read) for read in longer)):
        return "another look shows a character more"
    return ""


def _confidence(text: str, votes: Sequence[_Vote]) -> float:
    return min(vote.chances[character] for vote, character in zip(votes, text, strict=True))


def _left_out(text: str, longer: str) -> list[int]:
    """The places of `longer` that, left out, give `text`: readers sooner skip one than invent one."""
    return [place for place in range(len(longer)) if longer[:place] + longer[place + 1 :] == text]


def _is_a_stutter(text: str, read: PlateRead) -> bool:
    """Whether `read` is `text` with a character read twice, and no plate on one line is so long.

    Circular 79/2024/TT-BCA: what has nine characters on one line is no motorbike's, whose plate has two.
    """
    twice = len(_left_out(text, read.text)) > 1  # either of two alike beside each other may go
    return (
        twice
        and read.layout == "one_line"
        and {form.name for form in forms_of(read.text)} <= FORMS_ON_TWO_LINES
    )


def _common_length(legible: Sequence[tuple[int, PlateRead]]) -> tuple[int, list[tuple[int, PlateRead]]]:
    """The number of characters with the most evidence behind it, and the reads that have it."""
    weights: dict[int, float] = defaultdict(float)
    for _, read in legible:
        weights[len(read.text)] += read.confidence + (0.1 if is_legal(read.text) else 0.0)
    length = max(weights, key=lambda one: weights[one])
    return length, [pair for pair in legible if len(pair[1].text) == length]


def _weight_share(legible: Sequence[tuple[int, PlateRead]], length: int) -> float:
    total = sum(read.confidence for _, read in legible)
    mine = sum(read.confidence for _, read in legible if len(read.text) == length)
    return mine / total if total > 0 else 0.0


def _vote(place: int, reads: Sequence[PlateRead]) -> _Vote:
    """Weigh the characters seen at `place` by the confidence of each look in it.

    What a look leaves in doubt counts for one unseen rival: characters are mistaken for their likes
    (8 and B), not for any of the others, so a look below one half speaks against its own character.
    """
    evidence: dict[str, float] = defaultdict(float)
    for read in reads:
        chance = min(max(read.char_confidences[place], 1 - _SUREST), _SUREST)
        evidence[read.text[place]] += math.log(chance / (1 - chance))
    tempered = {one: value / len(reads) ** _KINSHIP for one, value in evidence.items()}
    top = max(0.0, *tempered.values())
    weights = {one: math.exp(value - top) for one, value in tempered.items()}
    total = sum(weights.values()) + math.exp(-top)
    return _Vote({one: weight / total for one, weight in weights.items()})


def _best_text(votes: Sequence[_Vote]) -> str:
    """The winners' text, or the likeliest legal one made of characters that were seen at their places."""
    winners = "".join(vote.winner for vote in votes)
    if is_legal(winners):
        return winners
    doubtful = [place for place, vote in enumerate(votes) if vote.chances[vote.winner] < _OPEN_BELOW]
    doubtful = sorted(doubtful, key=lambda place: votes[place].chances[votes[place].winner])[:_OPEN_POSITIONS]
    choices = [_rivals(vote) if place in doubtful else [vote.winner] for place, vote in enumerate(votes)]
    legal = [text for text in map("".join, itertools.product(*choices)) if is_legal(text)]
    return max(legal, key=lambda text: _likelihood(text, votes), default=winners)


def _rivals(vote: _Vote) -> list[str]:
    return sorted(vote.chances, key=lambda one: -vote.chances[one])[:_RIVALS]


def _likelihood(text: str, votes: Sequence[_Vote]) -> float:
    return math.prod(vote.chances[character] for vote, character in zip(votes, text, strict=True))
