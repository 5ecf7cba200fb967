"""The way of a dossier as one explicit table: (state, action) -> edge.

Every legal move is a row of TABLE; what is not there cannot happen. Sources: LHAV Art. 6, 58, 61, 65, 66, 70,
73, 74, 86; Decree 168/2024 Art. 47; Circular 73/2024 Art. 24; Decree 118/2021 Art. 17a, 28a. Complaints run
beside it (`penalty.complaint`) and stop nothing (LHAV Art. 15.3). Paying later: `penalty.relief`; paying
less: `penalty.remission`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from penalty.calendar import Deadline, LegalCalendar
from penalty.guards import (
    Facts,
    Guard,
    Refusal,
    decision_time_over,
    enforcement_over,
    has_reason,
    has_receiver,
    is_paid,
    limitation_over,
    may_annul,
    may_close,
    may_confirm_driver,
    may_decide,
    may_deem_delivered,
    may_deliver,
    may_enforce,
    may_explain,
    may_mark_overdue,
    may_notify,
    may_record,
    may_return,
    may_return_unnotified,
    may_warn,
    was_refunded,
    was_warned,
    within_limitation,
)
from penalty.remission import may_exempt, may_reduce


class State(StrEnum):
    OWNER_LOOKUP = "owner_lookup"
    NOTIFIED = "notified"
    CONTESTED = "contested"
    DRIVER_NAMED = "driver_named"
    TRANSFERRED = "transferred"
    RECORDED = "recorded"
    EXPLAINED = "explained"
    DECIDED = "decided"
    OVERDUE = "overdue"
    ENFORCED = "enforced"
    PAID = "paid"
    CLOSED = "closed"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    ANNULLED = "annulled"
    REFUNDED = "refunded"


class Action(StrEnum):
    SEND_NOTICE = "send_notice"
    WARN = "warn"
    CONTEST = "contest"
    REFUSE_CONTEST = "refuse_contest"
    FIND_OTHER_OWNER = "find_other_owner"
    NAME_DRIVER = "name_driver"
    DRIVER_CONFIRMS = "driver_confirms"
    DRIVER_DENIES = "driver_denies"
    TRANSFER = "transfer"
    RETURN = "return"
    RETURN_UNNOTIFIED = "return_unnotified"
    SETTLE_ELSEWHERE = "settle_elsewhere"
    MAKE_RECORD = "make_record"
    RECEIVE_EXPLANATION = "receive_explanation"
    DECIDE = "decide"
    DELIVER = "deliver"
    DEEM_DELIVERED = "deem_delivered"
    MARK_OVERDUE = "mark_overdue"
    ENFORCE = "enforce"
    PAY = "pay"
    REDUCE = "reduce"
    EXEMPT = "exempt"
    CLOSE = "close"
    DROP = "drop"
    LAPSE = "lapse"
    ANNUL = "annul"
    REFUND = "refund"


class Role(StrEnum):
    SYSTEM = "system"
    OWNER = "owner"
    OFFICER = "officer"
    TEAM_CHIEF = "team_chief"
    ACCOUNTANT = "accountant"


END_STATES = frozenset({State.CLOSED, State.REJECTED, State.LAPSED, State.ANNULLED, State.REFUNDED})
OPEN_STATES = frozenset(State) - END_STATES
ANSWERABLE = frozenset({State.NOTIFIED, State.DRIVER_NAMED})
"""Where the person liable may accept, and the record be made."""
DECIDABLE = frozenset({State.RECORDED, State.EXPLAINED})
PAYABLE = frozenset({State.DECIDED, State.OVERDUE, State.ENFORCED})
"""Where a fine is owed and may be paid."""

LABELS: Mapping[State, tuple[str, str]] = MappingProxyType(
    {
        State.OWNER_LOOKUP: ("Đang xác định chủ phương tiện", "Finding the owner"),
        State.NOTIFIED: ("Đã gửi thông báo", "Notice sent"),
        State.CONTESTED: ("Chủ xe không đồng ý, đang xem xét", "Contested by the owner"),
        State.DRIVER_NAMED: ("Chủ xe cho biết người lái", "Another driver was named"),
        State.TRANSFERRED: ("Đã chuyển đơn vị khác", "Transferred to another unit"),
        State.RECORDED: ("Đã lập biên bản", "Record made"),
        State.EXPLAINED: ("Đã nhận giải trình", "Explanation received"),
        State.DECIDED: ("Đã ra quyết định", "Decision issued"),
        State.OVERDUE: ("Quá hạn nộp phạt", "Payment overdue"),
        State.ENFORCED: ("Đang cưỡng chế thi hành", "Being enforced"),
        State.PAID: ("Đã nộp phạt", "Fine paid"),
        State.CLOSED: ("Đã thi hành xong", "Fully executed"),
        State.REJECTED: ("Đã loại (không đủ căn cứ)", "Rejected (insufficient grounds)"),
        State.LAPSED: ("Hết thời hiệu", "Time-barred"),
        State.ANNULLED: ("Đã hủy quyết định", "Decision cancelled"),
        State.REFUNDED: ("Đã hủy quyết định và hoàn tiền", "Decision cancelled, money given back"),
    }
)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A deadline that a move starts.

    It runs from the day of the move, or from the end of another deadline of the same move (`after`), or from
    the day of the record (`from_record`). `if_explaining` limits it to cases with an open right to explain,
    `if_points` to those that take points off a licence.
    """

    step_id: str
    after: str | None = None
    from_record: bool = False
    if_explaining: bool = False
    if_points: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One legal move, the clocks that begin with it and those that stop.

    `meets`: what was asked for is done. `ends`: nobody is asked for it any more; a later move may start it
    anew. A right (to complain, to sue) is stopped by nothing.
    """

    to_state: State
    event: str
    roles: frozenset[Role]
    guard: Guard
    starts: tuple[DeadlineRule, ...] = ()
    meets: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of a legal move: what to write down, where the dossier stands, which clocks turn."""

    event: str
    from_state: State
    to_state: State
    deadlines: tuple[DeadlineRule, ...]
    meets: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def due(
        self, calendar: LegalCalendar, moved_on: date, *, recorded_on: date | None = None
    ) -> tuple[Deadline, ...]:
        """The deadlines this move starts, computed for a move on that day in Vietnam.

        A chained one starts on the day its forerunner ends. `recorded_on` is needed where one counts from the
        record (an explanation); ValueError without it.
        """
        found: dict[str, Deadline] = {}
        for rule in self.deadlines:
            start = moved_on
            if rule.after:
                start = found[rule.after].due_on
            elif rule.from_record:
                if recorded_on is None:
                    raise ValueError(f"recorded_on: step {rule.step_id} counts from the day of the record")
                start = recorded_on
            found[rule.step_id] = calendar.due(rule.step_id, start)
        return tuple(found.values())


class IllegalMoveError(ValueError):
    """A move that is not in the table, not for this role, or refused by its guard."""

    def __init__(self, state: State, action: Action, refusal: Refusal) -> None:
        super().__init__(f"{state} -{action}-> refused: {refusal.en}")
        self.state = state
        self.action = action
        self.code = refusal.code
        self.message_vi = refusal.vi
        self.message_en = refusal.en


_SYSTEM = frozenset({Role.SYSTEM})
_POLICE = frozenset({Role.OFFICER, Role.TEAM_CHIEF})
_CHIEF = frozenset({Role.TEAM_CHIEF})


def _delivery_clocks(deemed: str) -> tuple[DeadlineRule, ...]:
    """What begins when the decision counts as delivered: at the end of D6 by the box, of D7 by the post."""
    return DeadlineRule(deemed), *(DeadlineRule(step, after=deemed) for step in ("E1", "G1", "G7"))


_RECORD_CLOCKS = (
    DeadlineRule("D1"),
    DeadlineRule("C1", if_explaining=True),
    DeadlineRule("C2", if_explaining=True),
)


def _rules(*steps: str) -> tuple[DeadlineRule, ...]:
    return tuple(DeadlineRule(step) for step in steps)


_OWNER = frozenset({Role.OWNER})
_BEFORE_RECORD = (State.NOTIFIED, State.CONTESTED, State.DRIVER_NAMED, State.TRANSFERRED)
_RECORD = Edge(
    State.RECORDED, "record_made", _POLICE | _OWNER, may_record, _RECORD_CLOCKS, meets=("A2", "B1")
)
_DROP = Edge(State.REJECTED, "dossier_dropped", _POLICE, has_reason, ends=("A2", "B1"))
_DECIDE = Edge(
    State.DECIDED,
    "decision_issued",
    _POLICE,
    may_decide,
    (*_rules("D5", "E8"), DeadlineRule("E10", if_points=True)),
    meets=("D1", "D2", "D3", "C1", "C2", "A4", "E10"),
)
_PAY = Edge(State.PAID, "fine_paid", _SYSTEM, is_paid, meets=("E1", "E8"))
_ANNUL = Edge(State.ANNULLED, "decision_annulled", _CHIEF, may_annul, ends=("E1", "E8", "E9", "E10"))
_REDUCED_FROM = (*sorted(PAYABLE), State.CLOSED)
_EXEMPT = Edge(
    State.CLOSED, "fine_exempted", _CHIEF, may_exempt, _rules("A3"), meets=("E1", "E8", "A3"), ends=("E9",)
)
_TOO_LATE = Edge(State.LAPSED, "time_barred", _SYSTEM, limitation_over)
_NEVER_EXECUTED = Edge(State.LAPSED, "enforcement_lapsed", _SYSTEM, enforcement_over)

TABLE: Mapping[tuple[State, Action], Edge] = MappingProxyType(
    {
        (State.OWNER_LOOKUP, Action.SEND_NOTICE): Edge(
            State.NOTIFIED, "notice_sent", _SYSTEM | _POLICE, may_notify, _rules("A2"), meets=("A1",)
        ),
        (State.OWNER_LOOKUP, Action.TRANSFER): Edge(State.TRANSFERRED, "transferred", _POLICE, has_receiver),
        (State.NOTIFIED, Action.WARN): Edge(State.NOTIFIED, "registration_warned", _SYSTEM, may_warn),
        (State.NOTIFIED, Action.CONTEST): Edge(
            State.CONTESTED, "contested", _OWNER | _POLICE, within_limitation
        ),
        (State.CONTESTED, Action.REFUSE_CONTEST): Edge(
            State.NOTIFIED, "contest_refused", _POLICE, has_reason
        ),
        (State.CONTESTED, Action.FIND_OTHER_OWNER): Edge(
            State.OWNER_LOOKUP, "owner_sought_again", _POLICE, has_reason, ends=("A2",)
        ),
        (State.NOTIFIED, Action.NAME_DRIVER): Edge(
            State.DRIVER_NAMED, "driver_named", _OWNER | _POLICE, within_limitation
        ),
        (State.DRIVER_NAMED, Action.DRIVER_CONFIRMS): Edge(
            State.DRIVER_NAMED, "driver_confirmed", _POLICE, may_confirm_driver, _rules("B1")
        ),
        (State.DRIVER_NAMED, Action.DRIVER_DENIES): Edge(
            State.NOTIFIED, "driver_denied", _POLICE, has_reason, ends=("B1",)
        ),
        (State.NOTIFIED, Action.TRANSFER): Edge(State.TRANSFERRED, "transferred", _POLICE, has_receiver),
        (State.TRANSFERRED, Action.RETURN): Edge(State.NOTIFIED, "returned", _SYSTEM | _POLICE, may_return),
        (State.TRANSFERRED, Action.RETURN_UNNOTIFIED): Edge(
            State.OWNER_LOOKUP, "returned", _SYSTEM | _POLICE, may_return_unnotified
        ),
        (State.TRANSFERRED, Action.SETTLE_ELSEWHERE): Edge(
            State.CLOSED,
            "settled_elsewhere",
            _SYSTEM | _POLICE,
            has_reason,
            _rules("A3"),
            meets=("A3",),
            ends=("A1", "A2"),
        ),
        **{(state, Action.MAKE_RECORD): _RECORD for state in sorted(ANSWERABLE)},
        (State.RECORDED, Action.RECEIVE_EXPLANATION): Edge(
            State.EXPLAINED,
            "explanation_received",
            _OWNER | _POLICE,
            may_explain,
            (DeadlineRule("D3", from_record=True),),
            meets=("C1",),
            ends=("D1",),
        ),
        **{(state, Action.DECIDE): _DECIDE for state in sorted(DECIDABLE)},
        **{(state, Action.LAPSE): _TOO_LATE for state in (State.OWNER_LOOKUP, *_BEFORE_RECORD)},
        **{
            (state, Action.LAPSE): Edge(State.LAPSED, "time_barred", _SYSTEM, decision_time_over)
            for state in sorted(DECIDABLE)
        },
        **{
            (state, Action.DROP): _DROP
            for state in (State.OWNER_LOOKUP, *_BEFORE_RECORD, *sorted(DECIDABLE))
            if state is not State.TRANSFERRED
        },
        (State.DECIDED, Action.DELIVER): Edge(
            State.DECIDED,
            "decision_delivered",
            _SYSTEM | _POLICE,
            may_deliver,
            _delivery_clocks("D6"),
            meets=("D5",),
        ),
        (State.DECIDED, Action.DEEM_DELIVERED): Edge(
            State.DECIDED,
            "decision_deemed_delivered",
            _SYSTEM,
            may_deem_delivered,
            _delivery_clocks("D7"),
            meets=("D5",),
        ),
        (State.DECIDED, Action.MARK_OVERDUE): Edge(State.OVERDUE, "overdue", _SYSTEM, may_mark_overdue),
        (State.OVERDUE, Action.ENFORCE): Edge(
            State.ENFORCED, "enforcement_ordered", _CHIEF, may_enforce, _rules("E9")
        ),
        (State.DECIDED, Action.CLOSE): Edge(
            State.CLOSED, "warning_given", _SYSTEM, was_warned, _rules("A3"), meets=("E1", "E8", "A3")
        ),
        **{(state, Action.PAY): _PAY for state in sorted(PAYABLE)},
        **{
            (state, Action.REDUCE): Edge(state, "fine_reduced", _CHIEF, may_reduce) for state in _REDUCED_FROM
        },
        **{(state, Action.EXEMPT): _EXEMPT for state in sorted(PAYABLE)},
        (State.CLOSED, Action.EXEMPT): Edge(State.CLOSED, "fine_exempted", _CHIEF, may_exempt),
        **{(state, Action.LAPSE): _NEVER_EXECUTED for state in sorted(PAYABLE)},
        (State.PAID, Action.CLOSE): Edge(
            State.CLOSED, "closed", _SYSTEM, may_close, _rules("A3"), meets=("A3",)
        ),
        **{(state, Action.ANNUL): _ANNUL for state in (*sorted(PAYABLE), State.PAID, State.CLOSED)},
        (State.ANNULLED, Action.REFUND): Edge(
            State.REFUNDED, "refunded", _CHIEF | {Role.ACCOUNTANT}, was_refunded
        ),
    }
)


def allowed(state: State) -> tuple[Action, ...]:
    """Actions the table knows in this state, whatever the facts."""
    return tuple(action for from_state, action in TABLE if from_state is state)


def advance(state: State, action: Action, *, role: Role, facts: Facts) -> Step:
    """The outcome of one move; nothing is changed.

    Raises IllegalMoveError, with a code and the reason in both languages, for a move that is not in the
    table, is not for this role, or is refused by its guard.
    """
    edge = TABLE.get((state, action))
    if edge is None:
        refusal = Refusal(
            "no_such_move",
            f"Không thể thực hiện “{action}” khi hồ sơ ở trạng thái “{LABELS[state][0]}”.",
            f"{action!s} cannot be done in state {state!s}.",
        )
        raise IllegalMoveError(state, action, refusal)
    if role not in edge.roles:
        refusal = Refusal(
            "role_not_allowed",
            f"Vai trò “{role}” không được thực hiện “{action}”.",
            f"Role {role!s} may not {action!s}; allowed: {', '.join(sorted(edge.roles))}.",
        )
        raise IllegalMoveError(state, action, refusal)
    found = edge.guard(facts)
    if found is not None:
        raise IllegalMoveError(state, action, found)
    explaining = facts.explanation_right and not facts.explanation_waived
    starts = tuple(
        rule
        for rule in edge.starts
        if (explaining or not rule.if_explaining) and (facts.takes_points or not rule.if_points)
    )
    return Step(edge.event, state, edge.to_state, starts, edge.meets, edge.ends)


def opening_deadlines(calendar: LegalCalendar, detected_on: date) -> tuple[Deadline, ...]:
    """The clocks that run from the recording itself: send the notice (A1), limitation (A4)."""
    return (calendar.due("A1", detected_on), calendar.due("A4", detected_on))
