"""Synthetic papers for the tests: nobody here exists."""

from __future__ import annotations

import io
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from penalty import catalogue
from penalty.calendar import VIETNAM, LegalCalendar
from penalty.documents import (
    ActData,
    DeadlineLine,
    DecisionData,
    Happening,
    Issuer,
    MeasureLine,
    NoticeData,
    Party,
    ReceiptData,
    RecordData,
    Signatory,
    Still,
    VehicleData,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ISSUED_AT = datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)
ISSUER = Issuer(
    superior_vi="CÔNG AN THÀNH PHỐ HỒ CHÍ MINH",
    unit_vi="PHÒNG CẢNH SÁT GIAO THÔNG",
    unit_en="Traffic Police Division",
    place="TP. Hồ Chí Minh",
    address="Trụ sở thử nghiệm, đường Phạm Ngọc Thạch, phường Thủ Dầu Một",
    phone="0900 000 999",
)
CHIEF = Signatory(name="LÊ VĂN MẪU", title_vi="Đội trưởng", title_en="Team chief")
OWNER = Party(
    name="NGUYỄN VĂN MẪU",
    id_number="000090000001",
    birth_date=date(1990, 2, 1),
    address="Số 1 đường Thử Nghiệm, phường Phú Lợi, TP. Hồ Chí Minh",
)
VEHICLE = VehicleData(
    kind="car", plate_display="51A-123.45", ground_colour="white", description="Ô tô con màu trắng"
)
HAPPENING = Happening(
    at=datetime(2026, 11, 20, 17, 5, 42, tzinfo=VIETNAM),
    location="Ngã tư Phạm Ngọc Thạch - Hùng Vương, hướng đi trung tâm",
    device="Camera pnt-01 (thử nghiệm)",
    confirmed_by="TRẦN THỊ THỬ NGHIỆM, cán bộ xử lý",
    findings=(
        MeasureLine(
            vi="Đèn đỏ đã sáng 2,4 giây khi xe vượt vạch dừng.",
            en="The light had been red for 2.4 s when the vehicle crossed the stop line.",
        ),
    ),
)


def act(name: str = "red_light", kind: str = "car") -> ActData:
    return ActData.of(catalogue.load().assess(name, kind, date(2026, 11, 20)))


def deadlines(*steps: str) -> tuple[DeadlineLine, ...]:
    calendar = LegalCalendar.load()
    return tuple(DeadlineLine.of(calendar.due(step, ISSUED_AT)) for step in steps)


def picture(width: int = 640, height: int = 360, turn: int = 0) -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).rotate(turn).save(stream, "JPEG")
    return stream.getvalue()


def notice(*, stills: int = 2, synthetic: bool = True) -> NoticeData:
    return NoticeData(
        number="TB-2026-000123",
        issued_at=ISSUED_AT,
        issuer=ISSUER,
        synthetic=synthetic,
        signatory=CHIEF,
        owner=OWNER,
        vehicle=VEHICLE,
        act=act(),
        happening=HAPPENING,
        stills=tuple(
            Still(
                image=picture(turn=index * 90),
                caption_vi=f"Ảnh {index + 1}: trước vạch dừng",
                caption_en="Before the line",
            )
            for index in range(stills)
        ),
        deadlines=deadlines("A2", "A4"),
        lookup_address="https://phatnguoi.example.vn/tra-cuu",
        lookup_pass="mau2mau3mau4mau5",
        secret="K7QM-2XTR-9WPD",
    )


def record() -> RecordData:
    return RecordData(
        number="BB-2026-000124",
        issued_at=ISSUED_AT,
        issuer=ISSUER,
        synthetic=True,
        notice_number="TB-2026-000123",
        officer=Signatory(name="TRẦN THỊ THỬ NGHIỆM", title_vi="Cán bộ", title_en="Officer"),
        violator=OWNER,
        vehicle=VEHICLE,
        act=act(),
        happening=HAPPENING,
        accepted_at=ISSUED_AT,
        explanation_waived=True,
        deadlines=deadlines("D1"),
    )


def decision(**changes: object) -> DecisionData:
    given: dict[str, object] = {
        "number": "000125/QĐ-XPHC",
        "issued_at": ISSUED_AT,
        "issuer": ISSUER,
        "synthetic": True,
        "record_number": "BB-2026-000124",
        "record_on": date(2026, 11, 23),
        "signatory": CHIEF,
        "violator": OWNER,
        "vehicle": VEHICLE,
        "act": act(),
        "happening": HAPPENING,
        "fine_vnd": 19_000_000,
        "deadlines": deadlines("E1", "G1"),
        "payment_ways_vi": (
            "Cổng Dịch vụ công quốc gia, theo số quyết định",
            "Quầy của ngân hàng được ủy nhiệm thu",
        ),
        "payment_ways_en": (
            "National Public Service Portal, by decision number",
            "Counter of an authorised bank",
        ),
    }
    return DecisionData.model_validate({**given, **changes})


def receipt() -> ReceiptData:
    return ReceiptData(
        number="BL-2026-000126",
        issued_at=ISSUED_AT,
        issuer=ISSUER,
        synthetic=True,
        decision_number="000125/QĐ-XPHC",
        decision_on=date(2026, 11, 23),
        payer=OWNER,
        plate_display="51A-123.45",
        act_code="CAR-6-9-b",
        fine_vnd=19_000_000,
        surcharge_vnd=28_500,
        surcharge_formula_vi="19.000.000 × 0,05 % × 3 ngày = 28.500 đồng",
        paid_at=ISSUED_AT,
        method_vi="Cổng thanh toán VNPAY",
        method_en="VNPAY gateway",
        gateway_reference="14999999",
        collector="Kho bạc Nhà nước (thử nghiệm)",
    )
