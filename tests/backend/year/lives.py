"""What people do with a case: each yields the moment at which they next do something."""

from __future__ import annotations

from sqlalchemy import select

from backend.dossiers.models import Message
from backend.messages.models import Suppression
from backend.payments.models import Refund
from backend.submissions.models import Submission
from notify.phones import normalise
from tests.backend.year.conductor import Life, Living

TEXT = "Hôm đó tôi đang ở nhà máy, có chấm công của công ty."
REASON = "Đã xem lại ảnh và giấy tờ; kết quả như sau."
STRANGER = "000299009999"
"""Nobody in the registers: has no account in the app, only an address."""


def wrong_words_then_pays(life: Life) -> Living:
    """Forged, wrong amount, unknown reference, right, and right again."""
    yield from to_decision(life)
    asked = enter(life).start_payment()
    right = life.result(asked)
    less = life.result({**asked, "vnp_Amount": str(int(asked["vnp_Amount"]) - 100)})
    assert life.ipn({**right, "vnp_SecureHash": "0" * 128}) == "97"
    assert life.ipn(less) == "04"
    assert life.ipn(life.result({**asked, "vnp_TxnRef": "PN000000-000000000000"})) == "01"
    assert life.ipn(right) == "00"
    yield life.in_days(1, 3)
    assert life.ipn(right) == "02"


def is_told_at_night_and_pays_late(life: Life) -> Living:
    """The camera sees him in the evening; the reminder waits for the morning, and he for five weeks."""
    yield life.in_days(0, hour=22)
    yield from to_decision(life)
    yield life.in_days(40, 60)
    assert life.dossier().state == "overdue"
    pay(life)
    assert life.payments()[0].late_vnd > 0


def pays_twice(life: Life) -> Living:
    yield from to_decision(life)
    first, second = enter(life).start_payment(), life.start_payment(anew=True)
    assert [life.ipn(life.result(one)) for one in (first, second)] == ["00", "00"]
    yield from is_given_back(life)


def is_heard_of_late(life: Life) -> Living:
    """Provider down for hours, a reminder without an answer, the gateway's word after the attempt ended."""
    owner, wire = life.registration["owner"], life.year.wire
    wire.cut.add(owner["id_number"])
    wire.deaf.add(normalise(owner["phone"]))
    life.confirmed()
    life.jobs()
    assert life.dossier().state == "owner_lookup"
    yield life.in_days(0, hour=13)
    wire.cut.clear()
    yield life.in_days(1)
    wire.deaf.clear()
    assert life.dossier().state == "notified"
    assert states(life)["zalo"] == "delivered"
    accept(life)
    yield life.in_days(1, 3)
    decide(life)
    yield life.in_days(1, 4)
    asked = enter(life).start_payment()
    yield life.in_days(1)
    assert [payment.state for payment in life.payments()] == ["expired"]
    assert life.ipn(life.result(asked)) == "00"


def wins_the_complaint(life: Life) -> Living:
    yield from to_decision(life)
    pay(life)
    yield life.in_days(5, 40)
    complain(life)
    yield life.in_days(2, 5)
    resolve(life, "accept")
    yield life.in_days(5, 20)
    resolve(life, "uphold", justified=True)
    approve(life)
    assert life.dossier().state == "annulled"
    yield from is_given_back(life)
    assert life.dossier().state == "refunded"


def loses_the_complaint(life: Life) -> Living:
    """It stops no clock: the fine falls due meanwhile. His bank holds the money for a day."""
    yield from to_decision(life)
    complain(life)
    yield life.in_days(2, 5)
    resolve(life, "accept")
    yield life.in_days(25, 28)
    resolve(life, "reject", justified=False)
    yield life.in_days(3, 9)
    asked = enter(life).start_payment()
    assert life.ipn(life.result(asked, code="07", status="07")) == "00"
    assert life.payments()[0].state == "held"
    yield life.in_days(1)
    assert life.ipn(life.result(asked)) == "00"


def explains(life: Life) -> Living:
    """In time; pays by transfer, first too little."""
    life.notified()
    yield life.in_days(3, 9)
    at_station(life, waives=False)
    yield life.in_days(1, 2)
    say(life, "explanation")
    yield life.in_days(8, 20)
    decide(life)
    yield life.in_days(1, 5)
    transfer(life, 1_000_000)
    yield life.in_days(1, 3)
    transfer(life, None)


def explains_and_is_forgotten(life: Life) -> Living:
    life.notified()
    yield life.in_days(3, 9)
    at_station(life, waives=False)
    yield life.in_days(1, 2)
    say(life, "explanation")


def is_forgotten_after_the_record(life: Life) -> Living:
    life.notified()
    yield life.in_days(2, 15)
    accept(life)


def never_answers(life: Life) -> Living:
    life.notified()
    yield life.in_days(400)
    assert life.dossier().state == "lapsed"


def never_pays(life: Life) -> Living:
    yield from to_decision(life)


def shows_that_it_was_not_his(life: Life) -> Living:
    life.notified()
    yield life.in_days(2, 8)
    say(life, "cloned")
    yield life.in_days(3, 9)
    answer(life, accepted=True)
    assert life.dossier().state == "rejected"


def is_not_believed(life: Life) -> Living:
    life.notified()
    yield life.in_days(2, 8)
    say(life, "not_mine")
    yield life.in_days(3, 9)
    answer(life, accepted=False)
    yield life.in_days(1, 5)
    accept(life)
    yield life.in_days(1, 3)
    decide(life)
    yield life.in_days(1, 5)
    pay(life)


def names_a_driver_without_account(life: Life) -> Living:
    """His decision goes by post, and the time to pay begins when it arrives."""
    yield from to_drivers_decision(life)
    yield life.in_days(12, 15)
    assert life.dossier().delivered_at is not None


def is_never_at_home_and_is_enforced(life: Life) -> Living:
    """The post brings the driver's decision back three times; it counts all the same, and is enforced."""
    yield from to_drivers_decision(life, address="Số 9 đường Cũ")
    yield life.in_days(5)
    assert life.dossier().delivered_at is None
    yield life.in_days(9)
    assert life.dossier().delivered_at is not None
    assert states(life, "decision")["letter"] == "returned"
    yield life.in_days(20, 25)
    assert life.dossier().state == "overdue"
    body = {"expected_version": life.dossier().version, "measure": "income", "reason": REASON}
    ok(life.chief.post(f"/v1/dossiers/{life.id}/enforcement", json=body), 200)
    life.jobs()
    yield life.in_days(8, 20)
    assert life.dossier().state == "enforced"
    pay(life)


def is_reached_by_the_second_letter(life: Life) -> Living:
    """No account any more; the first letter comes back, a person corrects that, and the second arrives."""
    close_account(life)
    while life.rows(Message, Message.state == "to_post"):
        yield life.in_days(1)
    life.confirmed()
    life.jobs()
    life.outside.faults(post_returns=True)
    ok(life.officer.post("/v1/post/batches"), 201)
    life.jobs()
    life.outside.faults(post_returns=False)
    assert life.dossier().state == "notified"
    yield life.in_days(5)
    assert states(life)["letter"] == "returned"
    lift(life, "letter")
    yield from sends_again(life, "returned")
    yield life.in_days(6)
    assert states(life)["letter"] == "delivered"


def has_no_phone_that_works(life: Life) -> Living:
    """The first reminder bounces, the second finds the number out of use, and a person mends it."""
    life.outside.faults(sms_unreachable=True)
    life.notified()
    life.outside.faults(sms_unreachable=False)
    yield life.in_days(1)
    assert states(life)["sms"] == "dead"
    accept(life)
    yield life.in_days(1, 3)
    decide(life)
    yield life.in_days(1)
    assert states(life, "decision")["sms"] == "dead"
    lift(life, "sms")
    yield from sends_again(life, "dead")
    assert "dead" not in states(life).values()
    pay(life)


def to_decision(life: Life) -> Living:
    life.notified()
    yield life.in_days(1, 12)
    accept(life)
    yield life.in_days(1, 3)
    decide(life)
    yield life.in_days(1, 5)


def to_drivers_decision(life: Life, address: str = "Số 9 đường Mẫu") -> Living:
    life.notified()
    yield life.in_days(2, 8)
    driver = {"name": "TRẦN VĂN THỬ", "address": address, "truthful": "yes"}
    say(life, "driver", **driver, id_number=STRANGER)
    yield life.in_days(3, 9)
    answer(life, accepted=True)
    at_station(life, waives=True)
    yield life.in_days(1, 4)
    decide(life)
    assert life.dossier().delivered_at is None


def is_given_back(life: Life) -> Living:
    yield life.in_days(2, 9)
    (refund,) = life.rows(Refund, Refund.dossier_id == life.id)
    body = {"treasury_reference": f"KB-{refund.id}"}
    ok(life.chief.post(f"/v1/refunds/{refund.id}/paid", json=body), 200)
    life.jobs()


def sends_again(life: Life, state: str) -> Living:
    """A person looks at the list, and sends what is in it of this case."""
    page = life.officer.get("/canh-sat/tin-nhan")
    ok(page, 200)
    assert life.dossier().notice_number in page.text
    for message in life.rows(Message, Message.dossier_id == life.id, Message.state == state):
        ok(life.officer.post(f"/v1/messages/{message.id}/resend"), 200)
    life.jobs()
    yield life.in_days(1)


def enter(life: Life) -> Life:
    life.enter()
    return life


def accept(life: Life) -> None:
    form = {"driver": "yes", "electronic": "yes", "no_explanation": "yes"}
    ok(enter(life).owner.post("/ho-so/chap-nhan", data=form), 303)
    life.jobs()


def at_station(life: Life, *, waives: bool) -> None:
    signed = {"waives_explanation": waives, "driver_born_on": "1990-05-04"}  # read where a driver was named
    ok(life.officer.post(f"/v1/dossiers/{life.id}/record", json=signed), 200)
    life.jobs()


def decide(life: Life) -> None:
    body = {"expected_version": life.dossier().version}
    ok(life.chief.post(f"/v1/dossiers/{life.id}/decision", json=body), 200)
    life.jobs()


def pay(life: Life) -> None:
    asked = enter(life).start_payment()
    assert life.ipn(life.result(asked)) == "00"
    life.jobs()


def transfer(life: Life, amount_vnd: int | None) -> None:
    """By VietQR: what arrives stands on the statement of the day. None: as much as was asked for."""
    ok(enter(life).owner.post("/ho-so/nop-phat", data={"method": "vietqr"}), 200)
    payment = max(life.payments(), key=lambda one: one.started_at)
    booked = life.year.clock.now().isoformat()
    row = f"SK{payment.reference},{booked},{amount_vnd or payment.amount_vnd},{payment.reference} nop phat"
    text = f"line_id,booked_at,amount_vnd,purpose\n{row}\n"
    files = {"file": ("saoke.csv", text.encode(), "text/csv")}
    ok(life.chief.post("/v1/payments/vietqr/statements", files=files), 200)
    life.jobs()


def say(life: Life, kind: str, **form) -> None:
    ok(enter(life).owner.post(f"/ho-so/y-kien/{kind}", data={"text": TEXT, **form}), 303)
    life.jobs()


def complain(life: Life) -> None:
    say(life, "complaint", grounds=["wrong_facts"])


def said(life: Life) -> Submission:
    return max(life.rows(Submission, Submission.dossier_id == life.id), key=lambda one: one.filed_at)


def answer(life: Life, *, accepted: bool) -> None:
    body = {"accepted": accepted, "reason": REASON}
    ok(life.officer.post(f"/v1/submissions/{said(life).id}/answer", json=body), 200)
    life.jobs()


def resolve(life: Life, action: str, *, justified: bool | None = None) -> None:
    answers = [
        {"ground": ground, "justified": justified, "text": REASON}
        for ground in said(life).grounds
        if justified is not None
    ]
    body = {"action": action, "answers": answers}
    ok(life.chief.post(f"/v1/submissions/{said(life).id}/resolution", json=body), 200)
    life.jobs()


def approve(life: Life) -> None:
    """The head of the division agrees with what the chief asked for."""
    waiting = life.second.get("/v1/approvals").json()
    (mine,) = [one for one in waiting if one["dossier_id"] == str(life.id)]
    body = {"expected_version": life.dossier().version}
    ok(life.second.post(f"/v1/approvals/{mine['id']}/approval", json=body), 200)
    life.jobs()


def states(life: Life, purpose: str = "notice") -> dict[str, str]:
    rows = life.rows(Message, Message.dossier_id == life.id, Message.purpose == purpose)
    return {row.channel: row.state for row in rows}


def lift(life: Life, channel: str) -> None:
    mine = select(Message.address_index).where(Message.dossier_id == life.id, Message.channel == channel)
    for row in life.rows(Suppression, Suppression.address_index.in_(mine), Suppression.lifted_at.is_(None)):
        body = {"reason": "Đã hỏi lại chủ xe, địa chỉ đúng."}
        ok(life.officer.post(f"/v1/suppressions/{row.id}/lift", json=body), 204)


def close_account(life: Life) -> None:
    at, number = life.outside.at["vneid"]["url"], life.registration["owner"]["id_number"]
    life.outside.http.patch(f"{at}/control/boxes/{number}", json={"left": 0})


def ok(answer_, status: int) -> None:
    assert answer_.status_code == status, answer_.text[:2000]


MOTORBIKE = (
    wrong_words_then_pays,
    is_told_at_night_and_pays_late,
    pays_twice,
    is_heard_of_late,
    wins_the_complaint,
    loses_the_complaint,
    is_forgotten_after_the_record,
    never_answers,
    never_pays,
    shows_that_it_was_not_his,
    is_not_believed,
    names_a_driver_without_account,
    is_never_at_home_and_is_enforced,
    is_reached_by_the_second_letter,
    has_no_phone_that_works,
)
CAR = (explains, explains_and_is_forgotten)
