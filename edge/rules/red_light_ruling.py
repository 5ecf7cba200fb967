"""Which signal head rules a vehicle, and what it showed: by the lane it came in and the way it takes.

A lit arrow, green or red, goes before everything else for its movements; while it is dark the round lights
hold (QCVN 41:2024, 6.4; a left arrow is for U-turns as well). Heads that say the same thing twice must not
contradict one another. Where several lanes or ways are possible the ruling is only sure when all of them come
to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

from edge.detector.signals import LAMPS
from edge.rules.signal_history import Phase, SignalHistory
from edge.scene_signals import Movement, Signal

Heads = Mapping[str, SignalHistory]
"""What every head of the scene showed, by its name."""

Doubt = Literal[
    "light_changing", "signal_unknown", "heads_disagree", "movement_unclear", "lane_unclear", "exempt_turn"
]
Said = Phase | Doubt | None
"""A colour and since when, or why it cannot be told; None where no head rules that way."""

_COLOURS: Final = frozenset(LAMPS)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What held for a vehicle at one moment.

    `light` is the colour shown to it; None with a `doubt`, or when no head rules it. `heads` names those that
    do. `open`: it may become plain once more is seen of its way.
    """

    light: Phase | None
    doubt: Doubt | None = None
    heads: tuple[str, ...] = ()
    open: bool = False


def ruling(
    signals: Sequence[Signal],
    heads: Heads,
    t_s: float,
    *,
    lanes: AbstractSet[str | None],
    movements: AbstractSet[Movement],
) -> Ruling:
    """What the heads showed at `t_s` to a vehicle in one of `lanes` that takes one of `movements`."""
    names = tuple(one.name for one in signals if any(_rules(one, a, b) for a in lanes for b in movements))
    told = {
        (lane, movement): _for_way(signals, heads, t_s, lane, movement)
        for lane in lanes
        for movement in movements
    }
    states = {one.state if isinstance(one, Phase) else one for one in told.values()}
    if len(states) == 1:
        phases = [one for one in told.values() if isinstance(one, Phase)]
        doubt = next((one for one in told.values() if isinstance(one, str)), None)
        return Ruling(_together(phases) if phases else None, doubt, names)
    if "red" not in states:
        doubts = [one for one in told.values() if isinstance(one, str)]
        ambers = [one for one in told.values() if isinstance(one, Phase) and one.state == "amber"]
        if ambers and not doubts:
            return Ruling(_together(ambers), None, names)
        return Ruling(None, doubts[0], names, open=True) if doubts else Ruling(None, None, names)
    by_way = any(len({_state(told[lane, way]) for way in movements}) > 1 for lane in lanes)
    return Ruling(None, "movement_unclear" if by_way else "lane_unclear", names, open=by_way)


def _state(said: Said) -> str | None:
    return said.state if isinstance(said, Phase) else said


def _rules(head: Signal, lane: str | None, movement: Movement) -> bool:
    return (not head.lanes or lane in head.lanes) and (not head.movements or movement in head.movements)


def _for_way(
    signals: Sequence[Signal], heads: Heads, t_s: float, lane: str | None, movement: Movement
) -> Said:
    """What is shown to who goes that way from that lane."""
    mine = [one for one in signals if _rules(one, lane, movement)]
    if not mine:
        return None
    shown = {one.name: heads[one.name].phase_at(t_s) if one.name in heads else None for one in mine}
    arrows = [shown[one.name] for one in mine if one.arrow]
    if any(one is None for one in shown.values()):
        return "light_changing"
    if any(one is not None and one.state == "unknown" for one in arrows):
        return "signal_unknown"
    lit = [one for one in arrows if one is not None and one.state in _COLOURS]
    dark = [one for one in arrows if one is not None and one.state == "dark"]
    said = _agreed(lit) if lit else _agreed([shown[one.name] for one in mine if not one.arrow], dark)
    exempt = any(movement in one.exempt_movements for one in mine)
    return "exempt_turn" if exempt and isinstance(said, Phase) and said.state == "red" else said


def _agreed(shown: Iterable[Phase | None], besides: Sequence[Phase] = ()) -> Said:
    """What several heads say together; one that is dark or cannot be read says nothing."""
    coloured = [one for one in shown if one is not None and one.state in _COLOURS]
    if not coloured:
        return "signal_unknown"
    if len({one.state for one in coloured}) > 1:
        return "heads_disagree"
    return _together([*coloured, *besides])


def _together(phases: Sequence[Phase]) -> Phase:
    """The time in which all hold: it began when the last of them did and ends with the first."""
    return Phase(
        phases[0].state,
        max(one.before_s for one in phases),
        max(one.first_s for one in phases),
        min(one.last_s for one in phases),
    )
