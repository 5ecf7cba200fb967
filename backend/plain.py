"""What is wrong with a field, in words for people: Vietnamese and English, without the names of programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Pair = tuple[str, str]

FIELDS: Final[Mapping[str, Pair]] = {
    "accepted": ("Câu trả lời", "Answer"),
    "account_number": ("Số tài khoản", "Account number"),
    "address": ("Địa chỉ hoặc số điện thoại", "Address or telephone number"),
    "aggravating": ("Số tình tiết tăng nặng", "Number of aggravating circumstances"),
    "amount": ("Số tiền", "Amount"),
    "amount_reason": ("Lý do chọn mức tiền", "Why this amount"),
    "amount_vnd": ("Số tiền", "Amount"),
    "answer": ("Câu trả lời", "Answer"),
    "bank": ("Ngân hàng", "Bank"),
    "began_on": ("Từ ngày", "From"),
    "camera_id": ("Camera", "Camera"),
    "channel": ("Cách báo", "Way to tell"),
    "chosen_vnd": ("Mức tiền được chọn", "Amount chosen"),
    "code": ("Mã", "Code"),
    "content": ("Nội dung", "Content"),
    "decision": ("Kết luận", "Decision"),
    "device_id": ("Hộp camera", "Camera box"),
    "doing": ("Việc cần làm", "What to do"),
    "dossier_id": ("Hồ sơ", "Dossier"),
    "driver": ("Ai đã lái xe", "Who was driving"),
    "driver_born_on": ("Ngày sinh người lái xe", "Date of birth of the driver"),
    "electronic": ("Đồng ý làm thủ tục điện tử", "Agreement to the electronic procedure"),
    "email": ("Thư điện tử", "E-mail"),
    "ended_on": ("Đến ngày", "Until"),
    "evidence": ("Chứng cứ", "Evidence"),
    "expected_version": ("Phiên bản của trang", "Version of the page"),
    "file": ("Tệp", "File"),
    "first": ("Từ ngày", "From"),
    "for_whom": ("Kết luận theo ai", "Whose verdict counts"),
    "full_name": ("Họ tên", "Name"),
    "gateway": ("Cổng thanh toán", "Gateway"),
    "holder": ("Chủ tài khoản", "Holder of the account"),
    "id_number": ("Số định danh", "Identification number"),
    "kind": ("Loại", "Kind"),
    "last": ("Đến ngày", "Until"),
    "latitude": ("Vĩ độ", "Latitude"),
    "longitude": ("Kinh độ", "Longitude"),
    "measure": ("Biện pháp", "Measure"),
    "method": ("Cách nộp", "Way to pay"),
    "mitigating": ("Số tình tiết giảm nhẹ", "Number of mitigating circumstances"),
    "name": ("Họ tên", "Name"),
    "new_password": ("Mật khẩu mới", "New password"),
    "ngay": ("Ngày", "Day"),
    "no_explanation": ("Không giải trình", "No explanation"),
    "note": ("Ghi chú", "Note"),
    "place": ("Nơi đặt", "Place"),
    "notice_number": ("Số thông báo", "Notice number"),
    "old_password": ("Mật khẩu hiện tại", "Current password"),
    "outcome": ("Kết quả", "Outcome"),
    "password": ("Mật khẩu", "Password"),
    "peer": ("Đơn vị nhận", "Unit that receives"),
    "phone": ("Số điện thoại", "Telephone"),
    "plate": ("Biển số", "Plate"),
    "reason": ("Lý do", "Reason"),
    "reference": ("Mã tham chiếu", "Reference"),
    "repeated": ("Nhập lại mật khẩu", "Password again"),
    "rule": ("Báo về việc gì", "What is told of"),
    "rules": ("Báo về việc gì", "What is told of"),
    "second": ("Kênh thứ hai", "Second channel"),
    "secret": ("Khóa bí mật", "Secret"),
    "how": ("Miễn hay giảm", "Waive or reduce"),
    "severity_at_least": ("Báo từ mức nào", "Told from what on"),
    "since_hour": ("Trực từ giờ", "On duty from hour"),
    "text": ("Nội dung", "Text"),
    "third": ("Kênh thứ ba", "Third channel"),
    "told_id": ("Hóa đơn thẻ đúng", "The right card slip"),
    "treasury_reference": ("Số chứng từ kho bạc", "Number of the treasury's voucher"),
    "until_hour": ("Trực đến giờ", "On duty until hour"),
    "username": ("Tên đăng nhập", "User name"),
    "waives_explanation": ("Không giải trình", "No explanation"),
    "was": ("Số hóa đơn thẻ đã ghi", "Card slip as written down"),
}
"""The names of fields as the forms call them."""

_DEFAULT: Final = ("chưa đúng, hãy sửa lại", "is not right; please correct it")
_SAID: Final[Mapping[str, Pair]] = {
    "missing": ("chưa nhập", "was not given"),
    "string_too_short": ("cần ít nhất {min_length} ký tự", "needs at least {min_length} characters"),
    "string_too_long": ("dài nhất {max_length} ký tự", "may have at most {max_length} characters"),
    "string_pattern_mismatch": ("chưa viết đúng dạng", "is not written as it should be"),
    "int_parsing": ("phải là số nguyên", "must be a whole number"),
    "int_from_float": ("phải là số nguyên", "must be a whole number"),
    "float_parsing": ("phải là một số", "must be a number"),
    "decimal_parsing": ("phải là một số", "must be a number"),
    "greater_than_equal": ("ít nhất là {ge}", "must be at least {ge}"),
    "greater_than": ("phải lớn hơn {gt}", "must be more than {gt}"),
    "less_than_equal": ("nhiều nhất là {le}", "must be at most {le}"),
    "less_than": ("phải nhỏ hơn {lt}", "must be less than {lt}"),
    "bool_parsing": ("chọn có hoặc không", "must be yes or no"),
    "date_parsing": ("phải là một ngày, ví dụ 2026-11-27", "must be a day, such as 2026-11-27"),
    "date_from_datetime_parsing": ("phải là một ngày, ví dụ 2026-11-27", "must be a day, such as 2026-11-27"),
    "literal_error": ("chọn một trong các mục có sẵn", "must be one of the entries offered"),
    "enum": ("chọn một trong các mục có sẵn", "must be one of the entries offered"),
}


def words(error: Mapping[str, Any]) -> Pair:
    """One of pydantic's errors for people; a check of our own brings its Vietnamese in `ctx`.

    That is `PydanticCustomError(code, english, {"vi": vietnamese})`.
    """
    context = error.get("ctx", {})
    if "vi" in context:
        return str(context["vi"]), str(error["msg"])
    kind = error.get("type", "")
    if kind == "string_too_short" and context.get("min_length") == 1:
        kind = "missing"
    vi, en = _SAID.get(kind, _DEFAULT)
    return vi.format(**context), en.format(**context)


def field_name(path: str) -> Pair | None:
    """A field as its form calls it; None for one that no form has."""
    return FIELDS.get(path.partition("[")[0].partition(".")[0])
