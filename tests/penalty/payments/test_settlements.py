from __future__ import annotations

from datetime import UTC, datetime

import pytest

from penalty.payments.settlements import Arrived, PassedOn, read_arrived, read_passed_on
from penalty.payments.values import PaymentError

SOURCES = ("vnpay", "province")
ARRIVED = "reference,source,arrived_at,amount_vnd\nFT1,vnpay,2026-11-27T16:30:00+07:00,990000\n"
PASSED_ON = "settlement,reference,amount_vnd,fee_vnd\nFT1,PN000000001T,900000,0\n"


def test_both_files_are_read() -> None:
    at = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    assert read_arrived(ARRIVED, file="a.csv", sources=SOURCES) == (Arrived("FT1", "vnpay", at, 990_000),)
    assert read_passed_on(PASSED_ON, file="a.csv") == (PassedOn("FT1", "PN000000001T", 900_000, 0),)
    assert read_passed_on(PASSED_ON.splitlines()[0], file="a.csv") == ()
    slip = PASSED_ON.replace("PN000000001T", "T-1/ rrn123456")
    assert read_passed_on(slip, file="a.csv", by_slip=True)[0].reference == "T-1/RRN123456"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ARRIVED.replace("vnpay", "vnpey"), "row 2, column 'source': expected one of province, vnpay"),
        (ARRIVED.replace("+07:00", ""), "row 2, column 'arrived_at': must carry its time zone"),
        (ARRIVED.replace("990000", "0"), "row 2, column 'amount_vnd'"),
        (ARRIVED.replace("FT1", " "), "row 2, column 'reference': must not be empty"),
        (ARRIVED + ARRIVED.splitlines()[1], "row 3: reference FT1 is in row 2 too"),
        ("reference\n", "row 1: missing column 'source', 'arrived_at', 'amount_vnd'"),
    ],
)
def test_a_bad_file_of_the_treasury_is_refused(text: str, says: str) -> None:
    with pytest.raises(PaymentError, match=says):
        read_arrived(text, file="a.csv", sources=SOURCES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PASSED_ON.replace(",0\n", ",900001\n"), "row 2, column 'fee_vnd': expected whole dong, 0 to 900000"),
        (PASSED_ON.replace(",0\n", ",-1\n"), "row 2, column 'fee_vnd'"),
        (PASSED_ON.replace("FT1", ""), "row 2, column 'settlement'"),
        (PASSED_ON + PASSED_ON.splitlines()[1], "row 3: reference PN000000001T is in row 2 too"),
    ],
)
def test_a_bad_file_of_a_gateway_is_refused(text: str, says: str) -> None:
    with pytest.raises(PaymentError, match=says):
        read_passed_on(text, file="a.csv")
