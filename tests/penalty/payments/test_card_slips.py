"""The acquirer's file of card slips: each bank's own names and times, and what a faulty row says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from penalty.payments.card_slips import Layout, read_slips, slip_number
from penalty.payments.values import PaymentError

HEAD = "terminal_id,slip,amount_vnd,charged_at\n"
ROW = "POS-1,rrn123456,5000000,2026-11-27T09:30:00+07:00\n"


def test_a_slip_is_read_as_it_is_printed():
    [slip] = read_slips(HEAD + ROW, file="a.csv", layout=Layout())
    assert (slip.terminal_id, slip.slip, slip.amount_vnd) == ("POS-1", "RRN123456", 5_000_000)
    assert slip.charged_at == datetime(2026, 11, 27, 2, 30, tzinfo=UTC)


def test_a_bank_has_its_own_columns_separator_and_times():
    layout = Layout(
        columns={"terminal_id": "TID", "slip": "RRN", "amount_vnd": "Số tiền", "charged_at": "Giờ GD"},
        delimiter=";",
        time_format="%d/%m/%Y %H:%M:%S",
    )
    text = "STT;TID;RRN;Số tiền;Giờ GD\n1;POS-1;633109876543;5000000;27/11/2026 09:30:00\n"
    [slip] = read_slips(text, file="a.csv", layout=layout)
    assert slip.charged_at == datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
    with pytest.raises(PaymentError, match="row 2, column 'Giờ GD': expected a time as %d"):
        read_slips(text.replace("27/11", "31/02"), file="a.csv", layout=layout)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("slip,amount_vnd\n", "row 1: missing column 'terminal_id', 'charged_at'"),
        (HEAD + ROW.replace("POS-1", " "), "row 2, column 'terminal_id'"),
        (HEAD + ROW.replace("rrn123456", "12-45"), "row 2, column 'slip': expected 6 to 20"),
        (HEAD + ROW + ROW.replace("rrn123456", "RRN7777").replace("5000000", "5,5"), "row 3"),
        (HEAD.replace("slip", "sl\rip") + ROW, "row 1: new-line"),
        (HEAD + ROW.replace("5000000", "9" * 5000), "row 2, column 'amount_vnd'"),
        (HEAD + ROW.replace("5000000", "-5"), "row 2, column 'amount_vnd': expected whole dong above 0"),
        (HEAD + ROW.replace("+07:00", ""), "row 2, column 'charged_at': must carry its time zone"),
        (HEAD + ROW + ROW, "row 3: slip RRN123456 of POS-1 is in row 2 too"),
    ],
)
def test_a_faulty_row_is_named(text, says):
    with pytest.raises(PaymentError, match=r"a\.csv: ") as refused:
        read_slips(text, file="a.csv", layout=Layout())
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "number"),
    [(" rrn123456 ", "RRN123456"), ("12345", None), ("1" * 21, None), ("RRN 123456", None), ("ĐĐĐĐĐĐ", None)],
)
def test_what_can_be_a_slip(text, number):
    assert slip_number(text) == number
