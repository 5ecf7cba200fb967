"""The ways to pay pass on what they took: every few weeks, less a fee which the province makes good."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from backend.payments.models import Payment, StatementLine
from backend.settlements.models import SettledPayment, Settlement
from tests.backend.year.conductor import Year

FEE_OF_100 = 1
_CAME = ("paid", "refund", "refunded")
_EVERY = timedelta(days=75)


def begin(year: Year, first: datetime, *, until: datetime) -> None:
    """From then on, every few weeks."""
    moment = first
    while moment < until:
        year.at(moment, partial(settle, year))
        moment += _EVERY


def settle(year: Year) -> None:
    """Each way to pay, as the bank and the gateway tell of it; then the fees of all that were kept back."""
    year.staff_sign_in()
    _arrives(year, [row for row in (_by_file(year, "vnpay"), _swept(year)) if row])
    fees_vnd = year.chief.get("/v1/settlements").json()["fees_owed_vnd"]
    if fees_vnd:
        _arrives(year, [(f"NS-{year.stops}", "province", fees_vnd)])


def explained(year: Year, totals: dict[str, int]) -> None:
    """Nothing lies with a way to pay, no fee is owed, and the treasury has what came less what went back."""
    assert [name for name, vnd in totals.items() if vnd and name.startswith(("clearing:", "suspense:"))] == []
    assert totals["receivable:fees"] == 0
    owed_to_it = -totals["treasury:fines"] - totals["treasury:surcharge"]
    assert totals["cash:treasury"] == owed_to_it - totals["receivable:fines"]
    found = year.chief.get("/v1/settlements").json()
    assert found["open"] == found["unnamed"] == []
    assert sum(one["amount_vnd"] for one in found["lying"]) == 0


def _by_file(year: Year, gateway: str) -> tuple[str, str, int] | None:
    """The gateway's file of what it has not told of yet; what then arrives."""
    named = select(SettledPayment.reference).where(SettledPayment.source == gateway)
    with year.services.database.unit_of_work() as session:
        payments = session.execute(
            select(Payment.reference, Payment.amount_vnd).where(
                Payment.gateway == gateway, Payment.state.in_(_CAME), Payment.reference.not_in(named)
            )
        ).all()
    if not payments:
        return None
    batch = f"FT-{gateway}-{year.stops}"
    rows = [(batch, reference, amount, amount * FEE_OF_100 // 100) for reference, amount in payments]
    _upload(year, f"/v1/settlements/{gateway}/payments", "settlement,reference,amount_vnd,fee_vnd", rows)
    return batch, gateway, sum(amount - fee for _, _, amount, fee in rows)


def _swept(year: Year) -> tuple[str, str, int] | None:
    """What lies on the account for transfers, whoever it is of."""
    with year.services.database.unit_of_work() as session:
        came = session.scalar(select(func.sum(StatementLine.amount_vnd))) or 0
        passed_on = session.scalar(
            select(func.sum(Settlement.arrived_vnd)).where(Settlement.source == "vietqr")
        )
    left = int(came - (passed_on or 0))
    return (f"FT-vietqr-{year.stops}", "vietqr", left) if left else None


def _arrives(year: Year, arrived: list[tuple[str, str, int]]) -> None:
    at = year.clock.now().isoformat()
    rows = [(reference, source, at, amount) for reference, source, amount in arrived]
    _upload(year, "/v1/settlements/arrivals", "reference,source,arrived_at,amount_vnd", rows)


def _upload(year: Year, address: str, head: str, rows: list[tuple]) -> None:
    text = "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"
    answer = year.chief.post(address, files={"file": ("kb.csv", text.encode(), "text/csv")})
    assert answer.status_code == 200, answer.text
