"""Every reason why the intake refuses a device's message."""

from __future__ import annotations

from backend.errors import FieldError, Problem


def invalid(*errors: FieldError) -> Problem:
    """422: sending the same again will not help."""
    return Problem(
        422,
        "report_invalid",
        "Bản tin của thiết bị không đúng",
        "The device's message is not valid",
        "Xem từng trường trong errors; gửi lại nguyên như cũ sẽ vẫn bị từ chối.",
        "See errors for each field; sending the same again will be refused again.",
        errors=errors,
    )


def device_unknown(device_id: str) -> Problem:
    return Problem(
        403,
        "device_unknown",
        "Thiết bị chưa được khai báo",
        "This device is not enrolled",
        f"Thiết bị {device_id} phải khai báo trước bằng POST /v1/devices.",
        f"Enrol {device_id} first with POST /v1/devices.",
    )


def device_not_approved(device_id: str, state: str) -> Problem:
    return Problem(
        403,
        "device_not_approved",
        "Thiết bị chưa được duyệt hoặc đã bị thu hồi",
        "This device is not approved",
        f"Thiết bị {device_id} đang ở trạng thái {state}. Giữ lại bản tin và gửi lại sau khi được duyệt.",
        f"{device_id} is {state}. Keep the message; send it again once the device is approved.",
    )


def bad_signature(device_id: str) -> Problem:
    return Problem(
        401,
        "bad_signature",
        "Chữ ký không khớp với khóa của thiết bị",
        "The signature does not match the device's key",
        f"Nội dung đã bị thay đổi, hoặc không phải do {device_id} ký.",
        f"The payload was changed, or {device_id} did not sign it.",
    )


def device_key_conflict(device_id: str) -> Problem:
    return Problem(
        409,
        "device_key_conflict",
        "Mã thiết bị này đã dùng khóa khác",
        "This device id is enrolled with another key",
        f"{device_id} đã khai báo với khóa khác. Dùng mã khác, hoặc nhờ bộ phận vận hành thu hồi mã cũ.",
        f"{device_id} enrolled with another key. Use another id, or ask an operator to revoke the old one.",
    )


def too_many_pending() -> Problem:
    return Problem(
        429,
        "too_many_pending_devices",
        "Có quá nhiều thiết bị đang chờ duyệt",
        "Too many devices wait for approval",
        "Bộ phận vận hành cần duyệt hoặc thu hồi bớt.",
        "An operator must approve or revoke some first.",
        headers={"Retry-After": "600"},
    )


def report_conflict(report_id: str) -> Problem:
    return Problem(
        409,
        "report_conflict",
        "Mã bản tin này đã được dùng cho nội dung khác",
        "This report id was used for other content",
        f"Bản tin {report_id} đã lưu có nội dung khác; bản đã lưu không thay đổi.",
        f"The stored report {report_id} has other content; it stays as it is.",
    )


def evidence_missing(errors: tuple[FieldError, ...]) -> Problem:
    return Problem(
        424,
        "evidence_missing",
        "Thiếu tệp chứng cứ trong kho",
        "Evidence files are missing in the store",
        "Tải lại các tệp trong errors lên kho rồi gửi lại bản tin.",
        "Upload the files in errors again, then send the report again.",
        errors=errors,
    )


def evidence_mismatch(errors: tuple[FieldError, ...]) -> Problem:
    return Problem(
        424,
        "evidence_mismatch",
        "Tệp trong kho không đúng như thiết bị đã ký",
        "Files in the store are not what the device signed",
        "Tải lại các tệp trong errors lên kho rồi gửi lại bản tin.",
        "Upload the files in errors again, then send the report again.",
        errors=errors,
    )
