"""Letters for the post: their numbers, their window, the day's PDF and what the post says to it."""

from __future__ import annotations

import base64
import io
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from notify.channels import HttpResponse, NoAnswerError, NotSentError
from notify.post import Letter, LetterError, Return, hand_over, print_batch, registered_number

SENDER = Return("Phòng Cảnh sát giao thông (thử nghiệm)", "Số 1 đường Ví Dụ, phường Mẫu")
DATED = datetime(2026, 11, 27, tzinfo=UTC)
ADDRESS = "Số 9 đường Ví Dụ, phường Mẫu, Thành phố Hồ Chí Minh"


def paper(pages: int) -> bytes:
    writer = PdfFileWriter()
    for _ in range(pages):
        box = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 595, 842)])
        content = writer.add_object(generic.StreamObject(stream_data=b""))
        writer.insert_page(PageObject(contents=content, media_box=box))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def letter(
    pages: int = 1, *, number: str = "RR000000005VN", name: str = "NGUYỄN VĂN MẪU", address: str = ADDRESS
):
    return Letter(number, f"t-{number}", name, address, paper(pages), pages)


@pytest.mark.parametrize(
    ("serial", "number"),
    [(0, "RR000000005VN"), (47_312_482, "RR473124829VN"), (99_999_999, "RR999999995VN")],
)
def test_the_check_digit_of_s10(serial, number):
    assert registered_number(serial) == number


@given(st.integers(0, 99_999_999))
def test_one_wrong_figure_is_seen(serial):
    number = registered_number(serial, service="RB")
    other = registered_number((serial + 1) % 100_000_000, service="RB")
    assert number[:2] + number[-2:] == "RBVN"
    assert number != other


@pytest.mark.parametrize("serial", [-1, 100_000_000])
def test_a_serial_outside_the_range_is_refused(serial):
    with pytest.raises(ValueError, match="eight digits"):
        registered_number(serial)


@pytest.mark.parametrize(
    ("name", "address", "fault"),
    [
        ("NGUYỄN VĂN MẪU", ADDRESS, None),
        ("  ", ADDRESS, "one line at least"),
        ("NGUYỄN VĂN MẪU", " ", "one line at least"),
        ("NGUYỄN VĂN MẪU", "đường rất dài " * 20, "does not fit the window"),
    ],
)
def test_what_the_window_shows(name, address, fault):
    one = letter(name=name, address=address)
    if fault is None:
        lines = one.window()
        assert lines[0] == name
        assert " ".join(lines[1:]) == address
        assert all(len(line) <= 40 for line in lines)
        return
    with pytest.raises(LetterError, match=fault) as told:
        one.window()
    assert "NGUYỄN" not in str(told.value)  # an error names no person


def test_each_letter_begins_on_a_fresh_sheet():
    batch = print_batch(
        [letter(1, number="RR000000005VN"), letter(2, number="RR000000014VN"), letter(3)], SENDER, DATED
    )
    assert batch.places == ((1, 2), (3, 6), (7, 10))  # a sheet for the window, the paper, and a blank side
    assert PdfFileReader(io.BytesIO(batch.pdf)).root["/Pages"]["/Count"] == 10
    document = pypdfium2.PdfDocument(batch.pdf)
    try:
        shown = [document[first - 1].get_textpage().get_text_range() for first, _ in batch.places]
    finally:
        document.close()
    for text, one in zip(shown, batch.letters, strict=True):
        assert one.number in text
        assert one.name in text


def test_the_same_letters_printed_again_are_the_same_bytes():
    begun = datetime.now(UTC).replace(microsecond=0)
    first = print_batch([letter()], SENDER, DATED)
    while datetime.now(UTC).replace(microsecond=0) == begun:
        pass  # the typesetter would date the paper by the second
    assert print_batch([letter()], SENDER, DATED).sha256 == first.sha256
    assert print_batch([letter()], SENDER, DATED.replace(day=28)).sha256 != first.sha256


def test_one_that_cannot_be_printed_is_named_by_its_field():
    with pytest.raises(LetterError, match="address"):
        print_batch([letter(address="đường rất dài " * 20)], SENDER, DATED)


def give(batch, send):
    return hand_over(
        batch,
        batch_id="b-1",
        customer="PC08",
        day=date(2026, 11, 27),
        base_url="https://post.example",
        token="secret",
        send=send,
    )


def test_what_the_post_is_given():
    batch = print_batch([letter()], SENDER, DATED)
    asked = []

    def send(request):
        asked.append(request)
        return HttpResponse(201, b'{"batch_id": "P-9"}')

    delivery = give(batch, send)
    assert (delivery.state, delivery.provider_id) == ("accepted", "P-9")
    (request,) = asked
    assert request.headers["Authorization"] == "Bearer secret"
    assert request.body["sha256"] == batch.sha256
    assert base64.b64decode(request.body["pdf_b64"]) == batch.pdf
    (sent,) = request.body["letters"]
    assert (sent["first_page"], sent["last_page"], sent["recipient"]) == (1, 2, "NGUYỄN VĂN MẪU")


@pytest.mark.parametrize(
    ("status", "body", "state", "code", "operator"),
    [
        (200, b'{"batch_id": "P-9"}', "accepted", "", False),
        (409, b'{"code": "batch_differs", "detail": "other content"}', "failed", "batch_differs", False),
        (401, b"{}", "failed", "http_401", True),
        (500, b"not json", "failed", "http_500", False),
    ],
)
def test_what_the_post_answers(status, body, state, code, operator):
    delivery = give(print_batch([letter()], SENDER, DATED), lambda _: HttpResponse(status, body))
    assert (delivery.state, delivery.code or "", delivery.needs_operator) == (state, code, operator)


@pytest.mark.parametrize("error", [NotSentError("ConnectError"), NoAnswerError("ReadTimeout")])
def test_a_batch_may_always_be_given_again(error):
    def send(_):
        raise error

    delivery = give(print_batch([letter()], SENDER, DATED), send)
    assert delivery.retryable
    assert delivery.state in {"failed", "unknown"}
