"""Papers of a case beyond the main four, with visibly synthetic people, for the tests of documents."""

from __future__ import annotations

from datetime import date

from penalty.documents import (
    AnnulmentData,
    AnswerData,
    EnforcementData,
    EvidenceLine,
    EvidenceListData,
    GroundAnswer,
    Instalment,
    MeasureLine,
    PostponementData,
    RefundData,
    ReminderData,
    RemissionData,
    TransferData,
)
from tests.penalty.papers import CHIEF, HAPPENING, ISSUED_AT, ISSUER, OWNER, VEHICLE, act, deadlines

_HEAD = {"issued_at": ISSUED_AT, "issuer": ISSUER, "synthetic": True, "signatory": CHIEF}
_DIGEST = "0123456789abcdef" * 4


def evidence_list(files: int = 8) -> EvidenceListData:
    return EvidenceListData(
        number="BK-2026-000127",
        **_HEAD,
        notice_number="TB-2026-000123",
        vehicle=VEHICLE,
        act=act(),
        happening=HAPPENING,
        report_id="01936f2a-7b1c-7000-8000-000000000001",
        report_sha256=_DIGEST,
        files=tuple(
            EvidenceLine(
                name_vi=f"Ảnh tại thời điểm vi phạm, số {place + 1}",
                name_en="Picture at the moment",
                sha256=_DIGEST,
                size_bytes=348_112 + place,
            )
            for place in range(files)
        ),
    )


def transfer(**changes: object) -> TransferData:
    given: dict[str, object] = {
        "number": "PC-2026-000128",
        **_HEAD,
        "notice_number": "TB-2026-000123",
        "receiver_vi": "Công an phường Phú Lợi, Thành phố Hồ Chí Minh (thử nghiệm)",
        "reason_vi": "Chủ phương tiện cư trú ngoài địa bàn; hành vi thuộc thẩm quyền của Công an cấp xã.",
        "owner": OWNER,
        "vehicle": VEHICLE,
        "act": act(),
        "happening": HAPPENING,
        "contents": (
            MeasureLine(vi="Hồ sơ, diễn biến và các thời hạn", en="The dossier, its events and time limits"),
            MeasureLine(vi="Giấy tờ đã phát hành: 2", en="Papers issued: 2"),
            MeasureLine(vi="Chứng cứ: 8 tệp kèm dấu vân tay", en="Evidence: 8 files with fingerprints"),
        ),
        "package_id": "01936f2a-7b1c-7000-8000-000000000001",
    }
    return TransferData.model_validate({**given, **changes})


def reminder(about: str = "pay") -> ReminderData:
    paying = about == "pay"
    return ReminderData(
        number="DD-2026-000129",
        **_HEAD,
        about="pay" if paying else "answer",
        person=OWNER,
        vehicle=VEHICLE,
        act=act(),
        subject_number="000125/QĐ-XPHC" if paying else "TB-2026-000123",
        subject_on=date(2026, 11, 2),
        was_due_on=date(2026, 11, 20),
        consequences=(
            MeasureLine(
                vi="Mỗi ngày chậm nộp phải nộp thêm 0,05 % trên số tiền chưa nộp (Luật XLVPHC Điều 78).",
                en="For each day 0.05 % of what is unpaid is added (LHAV Art. 78).",
            ),
        ),
    )


def annulment(refund_vnd: int = 19_000_000) -> AnnulmentData:
    return AnnulmentData(
        number="HB-2026-000130",
        **_HEAD,
        decision_number="000125/QĐ-XPHC",
        decision_on=date(2026, 11, 23),
        person=OWNER,
        vehicle=VEHICLE,
        act=act(),
        reason_vi="Khiếu nại YK-2026-000131 có căn cứ: biển số trên ảnh không phải của phương tiện này.",
        refund_vnd=refund_vnd,
        gives_points_back=True,
    )


def enforcement() -> EnforcementData:
    return EnforcementData(
        number="CT-2026-000133",
        **_HEAD,
        decision_number="000125/QĐ-XPHC",
        decision_on=date(2026, 11, 2),
        person=OWNER,
        plate_display="51A-123.45",
        act_code="CAR-6-9-b",
        fine_vnd=19_000_000,
        late_vnd=190_000,
        measure=MeasureLine(vi="Khấu trừ tiền từ tài khoản", en="Take the money from a bank account"),
        form="MQĐ08",
        form_confidence="unconfirmed",
        article_vi="Luật Xử lý vi phạm hành chính Điều 86.2.a",
        article_en="LHAV Art.86.2.a",
        reason_vi="Đã quá hạn 20 ngày, đã đôn đốc; người bị phạt có tài khoản đứng tên.",
    )


def answer(*, complaint: bool = True) -> AnswerData:
    return AnswerData(
        number="TL-2026-000132",
        **_HEAD,
        complaint=complaint,
        statement_number="YK-2026-000131",
        statement_on=date(2026, 11, 20),
        statement_vi="Khiếu nại quyết định" if complaint else "Tôi đã bán hoặc cho xe",
        statement_en="Complaint about the decision" if complaint else "I have sold the vehicle",
        person=OWNER,
        plate_display="51A-123.45",
        act_code="CAR-6-9-b",
        subject_number="000125/QĐ-XPHC" if complaint else "TB-2026-000123",
        outcome=MeasureLine(vi="Khiếu nại đúng một phần; hủy quyết định.", en="Upheld; decision cancelled."),
        text="Đã xem lại ảnh, video và giấy tờ mua bán kèm theo.",
        answers=(
            GroundAnswer(
                ground_vi="Không phải xe của tôi, hoặc biển số bị làm giả",
                ground_en="It is not my vehicle, or my plate was cloned",
                justified=True,
                text="Màu xe trên ảnh khác với đăng ký; biển số đã bị làm giả.",
            ),
            GroundAnswer(
                ground_vi="Quyết định ra quá thời hạn",
                ground_en="The decision came too late",
                justified=False,
                text="Quyết định ra ngày làm việc thứ tư kể từ ngày lập biên bản.",
            ),
        )
        if complaint
        else (),
        next_steps=(
            MeasureLine(
                vi="Nếu không đồng ý, khiếu nại lần hai trong 30 ngày hoặc khởi kiện tại Tòa án.",
                en="If you do not agree: a second complaint within 30 days, or the court.",
            ),
        ),
    )


def refund() -> RefundData:
    return RefundData(
        number="HT-2026-000133",
        **_HEAD,
        payee=OWNER,
        plate_display="51A-123.45",
        act_code="CAR-6-9-b",
        decision_number="000125/QĐ-XPHC",
        amount_vnd=19_000_000,
        reason=MeasureLine(vi="Quyết định xử phạt đã bị hủy bỏ", en="The penalty decision was cancelled"),
        payment_reference="PN000000000123",
        paid_at=ISSUED_AT,
        treasury_reference="KB-2026-9",
    )


def remission(*, whole: bool = False) -> RemissionData:
    return RemissionData(
        number="GM-2026-000136",
        **_HEAD,
        decision_number="000125/QĐ-XPHC",
        decision_on=date(2026, 11, 23),
        statement_number="YK-2026-000131",
        statement_on=date(2026, 11, 25),
        person=OWNER,
        plate_display="51A-123.45",
        act_code="CAR-6-9-b",
        whole=whole,
        fine_vnd=19_000_000,
        remitted_vnd=19_000_000,
        left_vnd=0,
        back_vnd=0 if whole else 8_000_000,
        grounds=(MeasureLine(vi="Hỏa hoạn", en="A fire"),),
        reason_vi="Nhà ở bị cháy ngày 20/11/2026, có xác nhận của Ủy ban nhân dân cấp xã.",
    )


def postponement(kind: str = "instalments") -> PostponementData:
    parts = (
        (date(2026, 12, 7), 8_000_000),
        (date(2027, 2, 8), 6_000_000),
        (date(2027, 4, 7), 5_000_000),
    )
    whole = ((date(2027, 2, 23), 19_000_000),)
    return PostponementData(
        number="NL-2026-000134" if kind == "instalments" else "HN-2026-000135",
        **_HEAD,
        kind="instalments" if kind == "instalments" else "deferral",
        decision_number="000125/QĐ-XPHC",
        decision_on=date(2026, 11, 23),
        person=OWNER,
        plate_display="51A-123.45",
        act_code="CAR-6-9-b",
        fine_vnd=19_000_000,
        reason_vi="Đang gặp khó khăn đặc biệt về kinh tế, có xác nhận của Ủy ban nhân dân cấp xã.",
        parts=tuple(
            Instalment(due_on=on, amount_vnd=vnd) for on, vnd in (parts if kind == "instalments" else whole)
        ),
        deadlines=deadlines("E6") if kind == "instalments" else (),
    )
