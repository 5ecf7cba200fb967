"""The rules about riders: heads as a camera sees them, from behind and from the side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scripts.rule_plan import Plan, Role, drawing

_PX_A_METRE: Final = 18.0
_SKIN, _SHELL = "#8d5a3b", "#2f5fb3"
_INKS: Final[dict[Role, str]] = {"accused": "#c62828", "innocent": "#1b7f4b", "plain": "#5f6b76"}

Head = tuple[float, float, bool]
"""Where a head is, in metres of the drawing, and whether it is bare."""


@drawing("helmet")
def helmet() -> Plan:
    """One alone, two of whom both or one is bare, and a side view."""
    plan = Plan(0, 0, 44, 11, "Không đội mũ bảo hiểm", "Riding without a helmet")
    _machine(plan, 3, "accused", [(3, 7.2, True)])
    plan.label((0.6, 1.8), "Một mình, đầu trần", "alone, bare", "accused")
    _machine(plan, 13.5, "accused", [(13.1, 7.5, True), (13.9, 7.0, True)])
    plan.label((11.0, 1.8), "Tất cả đầu trần", "all of them bare", "accused")
    _machine(plan, 24, "innocent", [(23.6, 7.5, True), (24.4, 7.0, False)])
    plan.label((21.3, 1.8), "Ai lái? không kết luận", "who drives? withheld", "innocent")
    _side(plan, 36, "accused", [(37.0, 7.4, True), (35.0, 7.5, False)])
    plan.label(
        (31.4, 1.8), "Nhìn ngang: đầu trước là người lái", "from the side the foremost drives", "accused"
    )
    return plan


@drawing("passenger_helmet")
def passenger_helmet() -> Plan:
    """Level heads, a low one, and one that may hide another."""
    plan = Plan(0, 0, 44, 11, "Chở người không đội mũ bảo hiểm", "Carrying somebody without a helmet")
    _machine(plan, 3, "accused", [(2.6, 7.4, True), (3.4, 7.1, True)])
    plan.label((0.4, 1.8), "Tất cả đầu trần, ngang nhau", "all bare, level", "accused")
    _machine(plan, 14.5, "innocent", [(14.1, 7.5, True), (14.9, 6.0, True)])
    plan.label((12.0, 1.8), "Một người thấp hẳn: trẻ em?", "one much lower: a child?", "innocent")
    _side(plan, 26, "accused", [(27.0, 7.4, False), (25.0, 7.5, True)])
    plan.label((23.4, 1.8), "Nhìn ngang: người sau", "from the side: the hindmost", "accused")
    _machine(plan, 37, "innocent", [(37, 7.2, True)])
    plan.label((33.6, 1.8), "Một đầu, còn vết đầu khác", "one head, a trace of another", "innocent")
    return plan


@drawing("too_many_riders")
def too_many_riders() -> Plan:
    """Three level heads, three with a low one, four."""
    plan = Plan(0, 0, 44, 11, "Chở quá số người", "Too many on a motorbike")
    _machine(plan, 4, "accused", [(3.3, 7.4, False), (4.0, 7.7, False), (4.7, 7.2, False)])
    plan.label((1.2, 1.8), "Ba người ngang nhau", "three, level", "accused")
    _machine(plan, 19, "innocent", [(18.3, 7.4, False), (19.0, 5.8, True), (19.7, 7.3, False)])
    plan.label((15.2, 1.8), "Ba người, một thấp: dưới 12 tuổi?", "three, one low: under 12?", "innocent")
    heads = [(35.0, 7.4, False), (35.7, 6.3, True), (36.4, 7.6, False), (37.1, 7.2, False)]
    _machine(plan, 36, "accused", heads)
    plan.label((32.6, 1.8), "Bốn người: không có ngoại lệ", "four: no exception", "accused")
    return plan


def _machine(plan: Plan, x_m: float, role: Role, heads: Sequence[Head]) -> None:
    """A motorbike from behind, a body under each head."""
    for at_x, at_y, _ in heads:
        _shape(plan, f'<rect x="{at_x - 0.45:g}" y="4" width="0.9" height="{at_y - 4:g}" rx="0.4"', "#b8c0c7")
    _shape(plan, f'<rect x="{x_m - 0.3:g}" y="3" width="0.6" height="2.4" rx="0.25"', "#20262b")
    _heads(plan, heads)
    _frame(plan, x_m - 2.0, x_m + 2.0, role)


def _side(plan: Plan, x_m: float, role: Role, heads: Sequence[Head]) -> None:
    """A motorbike from the side, going right."""
    for wheel_m in (x_m - 1.5, x_m + 1.7):
        _shape(plan, f'<circle cx="{wheel_m:g}" cy="3.6" r="0.7"', "#20262b")
    _shape(plan, f'<rect x="{x_m - 1.6:g}" y="4" width="3.2" height="0.8" rx="0.3"', "#5f6b76")
    for at_x, at_y, _ in heads:
        _shape(
            plan, f'<rect x="{at_x - 0.4:g}" y="4.6" width="0.8" height="{at_y - 4.6:g}" rx="0.4"', "#b8c0c7"
        )
    _heads(plan, heads)
    _frame(plan, x_m - 2.6, x_m + 2.6, role)


def _heads(plan: Plan, heads: Sequence[Head]) -> None:
    for x_m, y_m, bare in heads:
        _shape(plan, f'<circle cx="{x_m:g}" cy="{y_m:g}" r="0.42"', _SKIN)
        if not bare:
            cap = f'<path d="M{x_m - 0.5:g} {y_m:g}A0.5 0.5 0 0 0 {x_m + 0.5:g} {y_m:g}z"'
            _shape(plan, cap, _SHELL)


def _frame(plan: Plan, left_m: float, right_m: float, role: Role) -> None:
    plan.zone([(left_m, 2.8), (right_m, 2.8), (right_m, 8.8), (left_m, 8.8)], _INKS[role])


def _shape(plan: Plan, shape: str, colour: str) -> None:
    """An SVG element in metres of the drawing, y upwards."""
    place = f"translate({-plan.left_m * _PX_A_METRE:g} {plan.top_m * _PX_A_METRE:g})"
    scale = f"scale({_PX_A_METRE:g} {-_PX_A_METRE:g})"
    plan.parts.append(f'<g transform="{place} {scale}">{shape} fill="{colour}"/></g>')
