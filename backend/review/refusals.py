from __future__ import annotations

from backend.errors import FieldError, Problem


def held_by_another(name: str) -> Problem:
    return Problem(
        409,
        "held_by_another",
        "Cán bộ khác đang duyệt hồ sơ này",
        "Another officer is reviewing this",
        f"{name} đang giữ. Hãy lấy hồ sơ kế tiếp.",
        f"{name} holds it. Take the next one.",
    )


def not_claimed() -> Problem:
    return Problem(
        409,
        "not_claimed",
        "Bạn chưa nhận duyệt hồ sơ này",
        "You have not taken this up",
        "Bấm “Nhận duyệt” trước khi sửa hoặc quyết định.",
        "Take it up before you correct or decide it.",
    )


def already_decided(state: str) -> Problem:
    vi = "đã được xác nhận" if state == "confirmed" else "đã bị loại"
    return Problem(
        409,
        "already_decided",
        f"Hồ sơ này {vi}",
        f"This has already been {state}",
        "Quyết định đã ghi không thể thay đổi ở bước duyệt.",
        "A recorded decision cannot be changed in the review.",
    )


def camera_was_ill(fault_vi: str, fault_en: str) -> Problem:
    """What a camera sees during a fault proves nothing; rejecting stays possible."""
    return Problem(
        409,
        "camera_was_ill",
        "Camera có lỗi vào lúc đó",
        "The camera had a fault at that moment",
        f"Hộp đã báo: {fault_vi.lower()}. Hình ảnh lúc đó không chứng minh được gì; hãy loại hồ sơ.",
        f"Its box told: {fault_en.lower()}. Pictures of that moment prove nothing; reject the report.",
    )


def plate_wrong(plate: str) -> Problem:
    return Problem(
        422,
        "plate_invalid",
        "Biển số nhập vào không đúng mẫu nào",
        "This is no Vietnamese plate",
        f"“{plate}” không đúng mẫu biển số Việt Nam. Kiểm tra từng ký tự trên ảnh.",
        f"“{plate}” fits no class of plates. Compare each character with the picture.",
        errors=(FieldError("plate", "fits no class of Vietnamese plates"),),
    )


def plate_needed() -> Problem:
    return Problem(
        422,
        "plate_needed",
        "Chưa có biển số",
        "There is no plate yet",
        "Nhập biển số nhìn thấy trên ảnh, hoặc loại hồ sơ với lý do không đọc được biển số.",
        "Enter the plate seen in the picture, or reject it as unreadable.",
        errors=(FieldError("plate", "is missing"),),
    )


def plate_does_not_fit_kind(plate: str, kind: str) -> Problem:
    return Problem(
        422,
        "plate_does_not_fit_kind",
        "Biển số không hợp với loại xe hoặc màu nền",
        "The plate does not fit the kind of vehicle or its ground colour",
        f"{plate} không phải biển của loại xe đã chọn. Sửa biển số, loại xe hoặc màu nền.",
        f"{plate} is no plate of a {kind} with this ground colour. Correct plate, kind or colour.",
        errors=(FieldError("plate", "does not fit vehicle_kind and ground_colour"),),
    )


def seen_differs(plate: str | None, kind: str) -> Problem:
    return Problem(
        409,
        "seen_differs",
        "Thông tin xác nhận khác với hồ sơ",
        "What you confirm differs from the case",
        f"Hồ sơ đang ghi {plate} ({kind}). Sửa hồ sơ trước, rồi xác nhận.",
        f"The case says {plate} ({kind}). Correct it first, then confirm.",
    )


def reason_unknown(code: str) -> Problem:
    return Problem(
        422,
        "reason_unknown",
        "Mã lý do không có trong danh mục",
        "There is no such reason code",
        "Chọn một lý do trong danh mục.",
        "Choose one of GET /v1/review/reject-reasons.",
        errors=(FieldError("reason_code", f"{code} is not in the list"),),
    )


def note_needed() -> Problem:
    return Problem(
        422,
        "note_needed",
        "Lý do này cần ghi chú",
        "This reason needs a note",
        "Ghi rõ thêm ít nhất 3 ký tự.",
        "Say more, at least 3 characters.",
        errors=(FieldError("note", "is needed with this reason"),),
    )


def nothing_to_correct() -> Problem:
    return Problem(
        422,
        "nothing_to_correct",
        "Không có gì thay đổi",
        "Nothing would change",
        "Biển số, màu nền và loại xe đều như hồ sơ đang ghi.",
        "Plate, ground colour and kind are what the case already says.",
    )
