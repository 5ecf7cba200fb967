"""People who cannot pay: what they ask for, and what comes of it."""

from __future__ import annotations

from tests.backend.factories import picture
from tests.backend.pages import confirmed
from tests.backend.year.conductor import Life, Living
from tests.backend.year.lives import (
    REASON,
    TEXT,
    approve,
    enter,
    is_given_back,
    ok,
    pay,
    said,
    to_decision,
    transfer,
)


def loses_his_house(life: Life) -> Living:
    """Asks to pay less, pays all meanwhile, and gets back what was taken off."""
    yield from to_decision(life)
    ask_for_less(life, "reduction")
    yield life.in_days(1, 2)
    pay(life)
    yield life.in_days(1, 2)
    remit(life, how="part", amount="1500000")
    yield from is_given_back(life)


def is_let_off_what_is_left(life: Life) -> Living:
    """Pays a part, asks to be let off, gets a part of that, and later the rest."""
    yield from to_decision(life)
    transfer(life, 1_000_000)
    yield life.in_days(2, 20)
    ask_for_less(life, "exemption")
    yield life.in_days(2, 6)
    remit(life, how="part", amount="1000000")
    yield life.in_days(5, 40)
    ask_for_less(life, "exemption")
    yield life.in_days(2, 6)
    remit(life, how="whole")
    assert life.dossier().state == "closed"


def ask_for_less(life: Life, kind: str) -> None:
    files = {"pictures": ("giay.jpg", picture("confirmation"), "image/jpeg")}
    form = {"text": TEXT, "grounds": "fire"}
    ok(enter(life).owner.post(f"/ho-so/y-kien/{kind}", data=form, files=files), 303)


def remit(life: Life, **form: str) -> None:
    address = f"/canh-sat/don/{said(life).id}/cho-nop"
    ok(confirmed(life.chief, address, {"accepted": "yes", "reason": REASON, **form}), 303)
    approve(life)


LIVES = (loses_his_house, is_let_off_what_is_left)
