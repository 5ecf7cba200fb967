"""Letters: the day's batch, the window, the post's word, returned mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pypdfium2
from sqlalchemy import update

from backend.database import utc_now
from backend.dossiers.models import Document, Message
from backend.messages import post
from backend.messages.models import PostBatch, PostLetter, Suppression
from notify.channels import NoAnswerError
from notify.post import registered_number
from tests.backend.dossiers.test_pades import minimal_pdf
from tests.backend.messages.test_faults import down, other


def close_box(case, *, left: int) -> None:
    """From now on the person's account takes `left` messages more."""
    number = case.registration["owner"]["id_number"]
    at = case.outside.at["vneid"]["url"]
    case.outside.http.patch(f"{at}/control/boxes/{number}", json={"left": left})


def letter_case(case, mailroom):
    """A notice that can only go by post."""
    case.registration = case.outside.registration("good", "motorbike")
    close_box(case, left=0)
    try:
        case.confirmed(kind="motorbike")
        case.jobs()
    finally:
        close_box(case, left=None)
    assert mailroom.states() == {"vneid": "failed", "letter": "to_post"}
    return mailroom.one("letter")


def test_the_days_letters_go_to_the_post_and_come_back_told(case, mailroom, real_papers):
    letter = letter_case(case, mailroom)
    answer = case.officer.post("/v1/post/batches")
    assert (answer.status_code, answer.json()["letters"]) == (201, 1)
    again = case.officer.post("/v1/post/batches")
    assert (again.status_code, again.json()["code"]) == (409, "batch_made_today")
    assert mailroom.states()["letter"] == "in_batch"
    case.jobs()
    assert mailroom.states()["letter"] == "sent"
    assert case.dossier().state == "notified"
    (row,) = case.rows(PostLetter)
    owner = case.registration["owner"]
    assert letters_of(case, owner)[-1]["number"] == row.number
    for receipt in mailroom.new_receipts():
        mailroom.post(receipt)
    assert mailroom.one("letter").state == "delivered"
    assert mailroom.history(letter.id) == ["in_batch", "posted", "receipt_delivered"]
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}").text
    assert row.number in page
    (batch,) = case.rows(PostBatch)
    pdf = case.officer.get(f"/v1/post/batches/{batch.id}.pdf").content
    window_shows_only_the_address(pdf, owner, case.dossier())


def window_shows_only_the_address(pdf: bytes, owner: dict, dossier) -> None:
    """Everything of the person on the first sheet lies in the window; nothing of the case stands there."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        sheet = document[0].get_textpage()
        text = " ".join(sheet.get_text_range().split())
        millimetre = 72 / 25.4
        height = document[0].get_height()
        inside = sheet.get_text_bounded(
            left=20 * millimetre,
            right=105 * millimetre,
            top=height - 45 * millimetre,
            bottom=height - 90 * millimetre,
        )
        assert owner["name"] in " ".join(inside.split())
        assert owner["address"] in " ".join(inside.split())
        for said in (
            dossier.plate_display,
            dossier.notice_number,
            owner["id_number"],
            owner["phone"],
            "vi phạm",
        ):
            assert said not in text
        assert len(document) % 2 == 0
        assert dossier.notice_number in document[1].get_textpage().get_text_range()
    finally:
        document.close()


def test_returned_mail_is_seen_suppresses_and_can_be_sent_again(case, mailroom):
    case.outside.faults(post_returns=True)
    letter = letter_case(case, mailroom)
    with case.services.database.unit_of_work() as session:
        post.ask_for_batch(case.services, session, utc_now(), actor="system")
    send_all(case)
    for receipt in mailroom.new_receipts():
        mailroom.post(receipt)
    assert mailroom.one("letter").state == "returned"
    (entry,) = case.rows(Suppression)
    assert (entry.channel, entry.reason) == ("letter", "returned_mail")
    assert "Thư bị trả lại" in case.officer.get("/canh-sat/tin-nhan").text
    refused = case.officer.post(f"/v1/messages/{letter.id}/resend")
    assert refused.json()["code"] == "address_suppressed"
    body = {"reason": "Chủ xe đã về lại địa chỉ này."}
    assert case.officer.post(f"/v1/suppressions/{entry.id}/lift", json=body).status_code == 204
    assert case.officer.post(f"/v1/messages/{letter.id}/resend").json()["state"] == "to_post"
    tomorrow = utc_now() + timedelta(days=1)
    with case.services.database.unit_of_work() as session:
        post.ask_for_batch(case.services, session, tomorrow, actor="system")
    numbers = {row.number for row in case.rows(PostLetter)}
    assert len(numbers) == 2


def printable(case, message: Message) -> None:
    """Give a plain paper a body that the typesetter can print."""
    (document,) = case.rows(Document, Document.id == message.document_id)
    bucket = case.services.settings.s3_documents_bucket
    case.services.store.put(bucket, document.object_key, minimal_pdf(), "application/pdf")


def send_all(case) -> None:
    for message in case.rows(Message, Message.state == "in_batch"):
        printable(case, message)
    case.jobs()


def test_a_post_that_is_down_or_silent_gets_the_same_batch_again(case, mailroom):
    letter_case(case, mailroom)
    with case.services.database.unit_of_work() as session:
        batch_id = post.ask_for_batch(case.services, session, utc_now(), actor="system").id
    printable(case, mailroom.one("letter"))
    assert post.send_batch(case.services, batch_id, utc_now(), send=down) == "trying"

    def taken_but_cut(request):
        from backend.outgoing import http_send

        http_send(request)
        raise NoAnswerError("cut")

    assert post.send_batch(case.services, batch_id, utc_now(), send=taken_but_cut) == "trying"
    assert post.send_batch(case.services, batch_id, utc_now()) == "handed_over"
    assert post.send_batch(case.services, batch_id, utc_now()) == "handed_over"
    (row,) = case.rows(PostLetter)
    arrived = [letter["number"] for letter in letters_of(case, case.registration["owner"])]
    assert arrived.count(row.number) == 1


def test_every_try_hands_over_what_was_printed_first(case, mailroom):
    letter_case(case, mailroom)
    with case.services.database.unit_of_work() as session:
        batch_id = post.ask_for_batch(case.services, session, utc_now(), actor="system").id
    printable(case, mailroom.one("letter"))
    given = []

    def cut(request):
        given.append(request.body)
        raise NoAnswerError("cut")

    assert post.send_batch(case.services, batch_id, utc_now(), send=cut) == "trying"
    renamed = other(case.services, authority_name="Phòng đổi tên (thử nghiệm)")
    assert post.send_batch(renamed, batch_id, utc_now() + timedelta(hours=1), send=cut) == "trying"
    first, second = given
    assert first == second
    (batch,) = case.rows(PostBatch)
    assert (batch.sha256, batch.pages) == (first["sha256"], first["letters"][-1]["last_page"])


def letters_of(case, owner: dict) -> list[dict]:
    """What the post carried to this person, oldest first."""
    found = case.outside.inbox(id_number=owner["id_number"])
    return [message["content"] for message in found if message["channel"] == "letter"]


def test_the_batch_is_made_by_itself_at_its_hour_once_a_day(case, mailroom):
    letter_case(case, mailroom)
    day = datetime.now(UTC).replace(hour=3, minute=0)  # 10:00 in Vietnam
    with case.services.database.unit_of_work() as session:
        assert not post.due(case.services, session, day)
        assert post.due(case.services, session, day + timedelta(hours=6))
        nowhere = other(case.services, post_url="")
        assert not post.due(nowhere, session, day + timedelta(hours=6))


def test_a_letter_without_an_address_waits_for_a_person(case, mailroom):
    letter = letter_case(case, mailroom)
    from backend.owners.models import OwnerLookup

    with case.services.database.unit_of_work() as session:
        session.execute(update(OwnerLookup).values(address_encrypted=None))
    answer = case.officer.post("/v1/post/batches")
    assert answer.status_code == 409
    assert mailroom.states()["letter"] in {"to_post", "dead"}
    assert letter.purpose == "notice"


def test_numbers_of_registered_mail():
    """The example of the Universal Postal Union's S10, and its two exceptions."""
    assert registered_number(47312482, service="RR", country="GB") == "RR473124829GB"
    assert registered_number(0) == "RR000000005VN"
    assert {registered_number(n)[10] for n in range(200)} == set("0123456789")
