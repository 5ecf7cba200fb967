from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pypdf import PdfReader

from penalty.documents import (
    FORMS,
    MeasureLine,
    QrError,
    RenderError,
    Still,
    key_id,
    render_annulment,
    render_answer,
    render_decision,
    render_enforcement,
    render_evidence_list,
    render_notice,
    render_postponement,
    render_receipt,
    render_record,
    render_refund,
    render_reminder,
    render_remission,
    render_transfer,
    sign_qr,
    verify_qr,
)
from penalty.documents.qr import qr_svg
from tests.penalty import casework, pdf_ua
from tests.penalty.papers import HAPPENING, ISSUED_AT, KEY, act, decision, notice, picture, receipt, record

PUBLIC = KEY.public_key()
SECRET = "K7QM-2XTR-9WPD"
PAPERS: dict[str, Callable[[], bytes]] = {
    "TB": lambda: render_notice(notice(), KEY),
    "BB": lambda: render_record(record(), KEY),
    "QD": lambda: render_decision(decision(), KEY),
    "BL": lambda: render_receipt(receipt(), KEY),
    "BK": lambda: render_evidence_list(casework.evidence_list(), KEY),
    "PC": lambda: render_transfer(casework.transfer(), KEY),
    "DD": lambda: render_reminder(casework.reminder(), KEY),
    "HB": lambda: render_annulment(casework.annulment(), KEY),
    "TL": lambda: render_answer(casework.answer(), KEY),
    "HT": lambda: render_refund(casework.refund(), KEY),
    "HN": lambda: render_postponement(casework.postponement("deferral"), KEY),
    "CT": lambda: render_enforcement(casework.enforcement(), KEY),
    "GM": lambda: render_remission(casework.remission(), KEY),
    "NL": lambda: render_postponement(casework.postponement(), KEY),
}
_AMOUNTS = {"BL": 19_028_500, "CT": 19_190_000, "BK": 0, "PC": 0, "DD": 0, "TL": 0}


@pytest.fixture(scope="module")
def paper() -> Callable[[str], bytes]:
    """Each paper typeset once for all tests that only look."""
    return cache(lambda kind: PAPERS[kind]())


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    whole = " ".join(page.extract_text() for page in pages)
    return " ".join(unicodedata.normalize("NFC", whole).split())


def scan(pdf: bytes) -> str:
    """What a camera reads from the last page, the left half of it."""
    pages = pypdfium2.PdfDocument(pdf)
    page = np.asarray(pages[len(pages) - 1].render(scale=2.5).to_pil().convert("L"))
    height, width = page.shape
    value, _, _ = cv2.QRCodeDetector().detectAndDecode(page[: height * 95 // 100, : width // 2])
    return value


def test_a_notice_opens_its_look_up_page_without_telling_the_secret() -> None:
    pages = pypdfium2.PdfDocument(render_notice(notice(), KEY))
    read: set[str] = set()
    for page in pages:
        found, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(
            np.asarray(page.render(scale=4).to_pil().convert("L"))
        )
        read |= set(texts) if found else set()
    assert f"{notice().lookup_address}?so={notice().number}&t={notice().lookup_pass}" in read
    assert not any(SECRET.replace("-", "") in text.replace("-", "").upper() for text in read)


@pytest.mark.parametrize("kind", PAPERS)
def test_the_printed_qr_is_read_by_a_camera_and_verifies_offline(
    kind: str, paper: Callable[[str], bytes]
) -> None:
    value = scan(paper(kind))
    found = verify_qr(value, PUBLIC)
    assert SECRET.replace("-", "") not in value.replace("-", "")
    assert (found.kind, found.plate, found.act_code) == (kind, "51A12345", "CAR-6-9-B")
    assert found.issued_on == ISSUED_AT.date()
    assert found.key_id == key_id(PUBLIC)
    assert found.amount_vnd == _AMOUNTS.get(kind, 19_000_000)


@pytest.mark.parametrize("kind", PAPERS)
def test_each_paper_is_a_tagged_accessible_document_with_its_own_fonts(
    kind: str, paper: Callable[[str], bytes]
) -> None:
    pdf = paper(kind)
    assert pdf_ua.faults(pdf) == []
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "vi"
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)


@pytest.mark.parametrize(
    ("taken_away", "said"),
    [
        (b"/MarkInfo", "06-001 not marked as tagged"),
        (b"/Alt", "13-004 /Figure without words for those who do not see it"),
        (b"/DisplayDocTitle", "07-002 the title is not shown"),
        (b"/Lang", "11-006 no language of the document"),
    ],
)
def test_the_check_of_accessibility_finds_what_is_missing(
    taken_away: bytes, said: str, paper: Callable[[str], bytes]
) -> None:
    broken = paper("DD").replace(taken_away, b"/" + b"X" * (len(taken_away) - 1))
    assert said in pdf_ua.faults(broken)


@pytest.mark.parametrize("kind", PAPERS)
def test_each_paper_has_the_letterhead_and_says_it_is_a_trial(
    kind: str, paper: Callable[[str], bytes]
) -> None:
    text = text_of(paper(kind))
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "CÔNG AN THÀNH PHỐ HỒ CHÍ MINH",
        "TP. Hồ Chí Minh, ngày 23 tháng 11 năm 2026",
        "LÊ VĂN MẪU" if kind in {"BK", "QD", "TB"} else "NGUYỄN VĂN MẪU",
        "Mẫu thử nghiệm, có thể là MQĐ08" if kind == "CT" else FORMS[kind].note_vi,  # type: ignore[index]
        "Dữ liệu giả lập, không có giá trị pháp lý",
    ):
        assert part in text, part


def test_the_notice_says_what_where_how_much_until_when_and_where_to_turn() -> None:
    text = text_of(render_notice(notice(), KEY))
    for part in (
        "TB-2026-000123",
        "51A-123.45",
        "17 giờ 05 phút 42 giây, ngày 20/11/2026",
        "Ngã tư Phạm Ngọc Thạch - Hùng Vương",
        "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông",
        "điểm b khoản 9 Điều 6 Nghị định 168/2024/NĐ-CP",
        "19.000.000 đồng",
        "Mười chín triệu đồng",
        "14/12/2026",
        "tính cả ngày nghỉ",
        SECRET,
        "chưa phải là quyết định xử phạt",
        "quyền giải trình",
        "90 ngày",
        "This notice is not yet a decision",
    ):
        assert part in text, part


def test_the_decision_says_band_amount_in_words_surcharge_and_complaint() -> None:
    text = text_of(render_decision(decision(), KEY))
    for part in (
        "000125/QĐ-XPHC",
        "Điều 1. Xử phạt vi phạm hành chính",
        "19.000.000 đồng",
        "Bằng chữ: Mười chín triệu đồng",
        "từ 18.000.000 đồng đến 20.000.000 đồng",
        "4 điểm",
        "0,05 %",
        "03/12/2026",
        "Cổng Dịch vụ công quốc gia",
        "khiếu nại với người ra quyết định trong 90 ngày",
        "LÊ VĂN MẪU",
    ):
        assert part in text, part


def test_the_record_says_how_it_was_accepted_and_the_receipt_adds_up() -> None:
    text = text_of(render_record(record(), KEY))
    assert "chấp nhận lập biên bản bằng phương thức điện tử hồi 09 giờ 30 phút" in text
    assert "không yêu cầu giải trình" in text
    text = text_of(render_receipt(receipt(), KEY))
    assert "19.028.500" in text
    assert "Mười chín triệu không trăm hai mươi tám nghìn năm trăm đồng" in text
    assert "19.000.000 × 0,05 % × 3 ngày = 28.500 đồng" in text


def test_an_open_right_to_explain_is_told_with_its_days() -> None:
    open_right = record().model_copy(update={"explanation_waived": False, "accepted_at": None})
    text = text_of(render_record(open_right, KEY))
    assert "05 ngày làm việc" in text
    assert "điện tử hồi" not in text
    none = record().model_copy(update={"act": act("speed_5_10")})
    assert "không thuộc trường hợp giải trình" in text_of(render_record(none, KEY))


def test_only_the_notice_carries_the_secret(paper: Callable[[str], bytes]) -> None:
    for kind in PAPERS:
        assert (SECRET in text_of(paper(kind))) is (kind == "TB")


def test_a_real_paper_has_no_test_mark() -> None:
    text = text_of(render_notice(notice(synthetic=False), KEY))
    assert "giả lập" not in text
    assert "BẢN THỬ NGHIỆM" not in text


CASEWORK = {
    "BK": ("BK-2026-000127", "8 tệp", "01234567 89abcdef", "Nghị định 61/2026/NĐ-CP Điều 14"),
    "PC": ("Công an phường Phú Lợi", "cư trú ngoài địa bàn", "Chứng cứ: 8 tệp", "trả lại kèm lý do"),
    "DD": ("000125/QĐ-XPHC", "20/11/2026; đến nay", "0,05 %", "không ghi số tài khoản"),
    "HB": ("Hủy bỏ toàn bộ quyết định", "Mười chín triệu đồng", "Phục hồi số điểm", "biển số trên ảnh"),
    "TL": ("Về việc giải quyết khiếu nại", "có căn cứ", "không có căn cứ", "khiếu nại lần hai"),
    "HT": ("Hoàn trả tiền đã nộp", "Mười chín triệu đồng", "KB-2026-9", "PN000000000123"),
    "HN": ("Hoãn thi hành quyết định phạt tiền", "Điều 76;", "23/02/2027"),
    "NL": ("Nộp tiền phạt nhiều lần", "Điều 79;", "8.000.000", "07/04/2027", "24/05/2027"),
}


@pytest.mark.parametrize("kind", CASEWORK)
def test_the_further_papers_say_what_they_must(kind: str, paper: Callable[[str], bytes]) -> None:
    text = text_of(paper(kind))
    for part in CASEWORK[kind]:
        assert part in text, part


def test_a_reminder_carries_nothing_to_pay_to() -> None:
    for about in ("answer", "pay"):
        text = text_of(render_reminder(casework.reminder(about), KEY))
        assert "000.000" not in text
        assert "http" not in text


def test_papers_that_do_not_hold_together_are_refused() -> None:
    plan, told = casework.postponement(), casework.answer()
    with pytest.raises(ValidationError, match="add up"):
        type(plan).model_validate({**plan.model_dump(), "fine_vnd": 18_000_000})
    with pytest.raises(ValidationError, match="answers each ground"):
        type(told).model_validate({**told.model_dump(), "answers": ()})


@pytest.mark.parametrize("stills", [0, 1, 3, 4])
def test_the_notice_takes_up_to_four_pictures(stills: int) -> None:
    pdf = render_notice(notice(stills=stills), KEY)
    images = [name for page in PdfReader(io.BytesIO(pdf)).pages for name in page.images]
    assert len(images) == stills
    assert ("Hình ảnh" in text_of(pdf).split("Mức xử phạt")[0].split("Vi phạm")[-1]) is (stills > 0)


def test_the_same_data_gives_the_same_bytes(paper: Callable[[str], bytes]) -> None:
    for kind, render in PAPERS.items():
        assert render() == paper(kind)


def test_markup_in_data_stays_text() -> None:
    owner = notice().owner.model_copy(update={"name": '#panic("x") *đậm* $y$ \\ "NGUYỄN"'})
    text = text_of(render_notice(notice().model_copy(update={"owner": owner}), KEY))
    assert '#panic("x") *đậm* $y$ \\ "NGUYỄN"' in text


def test_a_broken_picture_is_refused_with_the_typesetters_words() -> None:
    broken = Still(image=picture()[:40], caption_vi="Ảnh hỏng", caption_en="Broken")
    with pytest.raises(RenderError, match=r"notice\.typ"):
        render_notice(notice().model_copy(update={"stills": (broken,)}), KEY)
    with pytest.raises(ValidationError, match="expected JPEG or PNG"):
        Still(image=b"GIF89a..........", caption_vi="x", caption_en="x")


def test_a_decision_outside_the_law_cannot_be_written() -> None:
    with pytest.raises(ValidationError, match="outside the band"):
        decision(fine_vnd=17_000_000)
    with pytest.raises(ValidationError, match="needs a reason"):
        decision(fine_vnd=18_500_000)
    with pytest.raises(ValidationError, match="one line for each"):
        decision(payment_ways_en=())
    text = text_of(render_decision(decision(fine_vnd=18_500_000, amount_reason_vi="Thành thật hối lỗi"), KEY))
    assert "Thành thật hối lỗi" in text


def test_a_warning_has_no_amount() -> None:
    warned = decision(act=act("child_restraint"), fine_vnd=0)
    assert "Phạt cảnh cáo" in text_of(render_decision(warned, KEY))


def signed(**changes: Any) -> str:
    given_ones: dict[str, Any] = {
        "kind": "QD",
        "number": "000125/QĐ-XPHC",
        "issued_on": ISSUED_AT.date(),
        "plate": "51A-123.45",
        "act_code": "CAR-6-9-b",
        "amount_vnd": 19_000_000,
    }
    return sign_qr(KEY, **{**given_ones, **changes})


def test_a_qr_text_says_what_was_signed() -> None:
    found = verify_qr(signed(), PUBLIC)
    assert (found.number, found.plate, found.amount_vnd) == ("000125/QD-XPHC", "51A12345", 19_000_000)
    assert len(signed()) < 200


@given(st.data())
def test_any_change_of_a_qr_text_is_found(data: st.DataObject) -> None:
    text = signed()
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCXYZ0189*-/"))
    changed = text[:at] + letter + text[at + 1 :]
    if changed == text:
        return
    try:
        found = verify_qr(changed, PUBLIC)
    except QrError:
        return
    # base32 has spare bits in its last letter: the signed content itself is then unchanged.
    assert at == len(text) - 1
    assert found == verify_qr(text, PUBLIC)


@pytest.mark.parametrize(
    "text", ["", "https://fake.example/pay", "PN1*QD*1", "PN2" + "*" * 8, "PN1" + "*" * 8]
)
def test_foreign_text_is_refused(text: str) -> None:
    with pytest.raises(QrError):
        verify_qr(text, PUBLIC)


def test_another_issuers_key_does_not_verify() -> None:
    with pytest.raises(QrError, match="another key"):
        verify_qr(signed(), Ed25519PrivateKey.generate().public_key())


def test_a_number_that_does_not_fit_the_code_is_refused() -> None:
    with pytest.raises(QrError, match="do not fit"):
        signed(number="số*1")


def test_the_picture_of_the_code_is_self_contained() -> None:
    svg = qr_svg(signed())
    assert svg.startswith(b"<svg")
    assert b"http" not in svg.replace(b"http://www.w3.org", b"")


@pytest.mark.parametrize("findings", range(0, 13, 4))
def test_nobody_signs_a_page_that_says_nothing_and_no_unit_is_torn_from_its_number(findings: int) -> None:
    """However long the findings are: Article 4 and the signature share a page, and so do number and unit."""
    line = MeasureLine(
        vi="Tốc độ thấp nhất chắc chắn 95 % của xe ở đoạn đo là 67,8 km/h, giới hạn 60 km/h, dài 21,5 m.",
        en="The lowest speed that is 95 % sure on the measured way is 67.8 km/h, the limit 60 km/h.",
    )
    happening = HAPPENING.model_copy(update={"findings": (line,) * findings})
    pages = [page.extract_text() for page in _pages(render_decision(decision(happening=happening), KEY))]
    (signed_on,) = (page for page in pages if "LÊ VĂN MẪU" in page)
    assert "Điều 4" in signed_on
    assert not re.search(r"\d\s*\n\s*(km/h|đồng|m\b)|km/\s*\n", "\n".join(pages))


def _pages(pdf: bytes) -> list[Any]:
    return list(PdfReader(io.BytesIO(pdf)).pages)
