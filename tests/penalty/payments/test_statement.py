from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import VIETNAM
from penalty.payments.statement import (
    Difference,
    Line,
    Open,
    Settled,
    check_character,
    is_reference,
    make_reference,
    match,
    read_statement,
    reconcile,
    references_in,
)
from penalty.payments.values import PaymentError

AT = datetime(2026, 11, 27, 9, 30, tzinfo=VIETNAM)
ONE, TWO = make_reference(1), make_reference(2)
SERIALS = st.integers(0, 36**9 - 1)


def line(purpose: str, amount_vnd: int = 900_000, line_id: str = "b1") -> Line:
    return Line(line_id, AT, amount_vnd, purpose)


def test_a_known_reference() -> None:
    # The example of ISO 7064: the check character of A12425GABC1234002 is M.
    assert check_character("A12425GABC1234002") == "M"
    assert ONE == "PN000000001T"
    assert is_reference(ONE)
    assert make_reference(36**9 - 1).startswith("PNZZZZZZZZZ")
    with pytest.raises(ValueError, match="serial"):
        make_reference(36**9)


@given(SERIALS, st.data())
def test_one_wrong_character_is_no_reference(serial: int, data: st.DataObject) -> None:
    text = make_reference(serial)
    place = data.draw(st.integers(2, len(text) - 1))
    other = data.draw(
        st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ").filter(lambda c: c != text[place])
    )
    assert is_reference(text)
    assert not is_reference(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        (f"NOP PHAT {ONE}", (ONE,)),
        (f"nop phat {ONE.lower()} tks", (ONE,)),
        ("MBVCB.123.NOP PHAT PN00000 0001T.CT tu 0123", (ONE,)),
        (f"{ONE} {TWO}", (ONE, TWO)),
        (f"{ONE} {ONE}", (ONE,)),
        ("PN0000000010", ()),
        ("NOP PHAT", ()),
    ],
)
def test_references_in_what_banks_make_of_a_purpose(purpose: str, found: tuple[str, ...]) -> None:
    assert references_in(purpose) == found


@pytest.mark.parametrize(
    ("lines", "verdicts"),
    [
        ([line(ONE)], ["paid"]),
        ([line(ONE, 899_999)], ["wrong_amount"]),
        ([line(make_reference(77))], ["unknown_reference"]),
        ([line("tien nha")], ["no_reference"]),
        ([line(f"{ONE} {TWO}")], ["several_references"]),
        ([line(TWO)], ["known"]),
        ([line(ONE), line(ONE, line_id="b2")], ["paid", "known"]),
        ([line(ONE, 1), line(ONE, line_id="b2")], ["wrong_amount", "paid"]),
    ],
)
def test_what_a_line_is(lines: list[Line], verdicts: list[str]) -> None:
    known = {ONE: Open(900_000, recorded=False), TWO: Open(900_000, recorded=True)}
    assert [one.verdict for one in match(lines, known)] == verdicts


GOOD = "line_id,booked_at,amount_vnd,purpose\nb1,2026-11-27T09:30:00+07:00,900000,NOP PHAT PN000000001T\n"


def test_a_statement_is_read() -> None:
    assert read_statement(GOOD, file="a.csv") == (line("NOP PHAT PN000000001T"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("line_id,amount_vnd\n", "row 1: missing column 'booked_at', 'purpose'"),
        (GOOD.replace("900000", "-5"), "row 2, column 'amount_vnd'"),
        (GOOD.replace("900000", "900.000"), "row 2, column 'amount_vnd'"),
        (GOOD.replace("+07:00", ""), "time zone"),
        (GOOD.replace("2026-11-27T", "27/11 "), "row 2, column 'booked_at'"),
        (GOOD.replace("b1,", ","), "row 2, column 'line_id'"),
        (GOOD + GOOD.splitlines()[1] + "\n", "row 3: line_id b1 is in row 2 too"),
        (GOOD.replace("NOP", '"NOP'), "row"),
        (GOOD.replace("line_id", "line\rid"), "row 1: new-line"),
    ],
)
def test_a_bad_statement_is_refused_whole(text: str, says: str) -> None:
    with pytest.raises(PaymentError, match=says):
        read_statement(text, file="a.csv")


def test_where_book_and_file_differ() -> None:
    ours = {"a": 100, "b": 200, "c": 300}
    theirs = [Settled("a", 100), Settled("b", 250), Settled("d", 5), Settled("d", 5)]
    assert reconcile(ours, theirs) == (
        Difference("b", 200, 250),
        Difference("c", 300, None),
        Difference("d", None, 10),
    )


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 10**9)))
def test_a_true_file_has_no_difference(book: dict[str, int]) -> None:
    assert reconcile(book, [Settled(name, amount) for name, amount in book.items()]) == ()
