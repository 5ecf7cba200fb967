"""Names of owner and vehicle fields, of sources and of what became of a correction, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

FIELD_NAMES: Mapping[str, Pair] = {
    "name": ("Họ tên", "Name"),
    "id_number": ("Số định danh", "Identification number"),
    "phone": ("Điện thoại", "Telephone"),
    "address": ("Địa chỉ", "Address"),
    "vehicle_kind": ("Loại xe", "Kind of vehicle"),
    "vehicle_colour": ("Màu xe", "Colour of the vehicle"),
    "vehicle_brand": ("Nhãn hiệu", "Make"),
    "ground_colour": ("Màu nền biển số", "Ground colour of the plate"),
}
SOURCE_NAMES: Mapping[str, Pair] = {
    "registry": ("đăng ký xe", "vehicle registry"),
    "population": ("cơ sở dữ liệu dân cư", "population database"),
    "person": ("cán bộ nhập", "entered by an officer"),
}
FIELD_STATES: Mapping[str, Pair] = {
    "filled": ("điền tự động", "filled"),
    "stale": ("dữ liệu cũ", "old"),
    "differs": ("các nguồn khác nhau", "sources differ"),
    "missing": ("không có", "missing"),
    "corrected": ("đã sửa", "corrected"),
    "entered": ("đã nhập", "entered"),
}
CORRECTION_STATES: Mapping[str, Pair] = {
    "waiting": ("Sắp báo lại cơ quan đăng ký", "About to be reported to the registry"),
    "trying": ("Cơ quan đăng ký chưa trả lời, sẽ báo lại", "The registry is silent; it is told again"),
    "accepted": ("Cơ quan đăng ký đã nhận", "Received by the registry"),
    "refused": ("Cơ quan đăng ký từ chối", "Refused by the registry"),
}
CONTACT_FAULTS: Mapping[str, Pair] = {
    "phone": (
        "Số điện thoại bắt đầu bằng 0, có 10 hoặc 11 số.",
        "A telephone number begins with 0 and has 10 or 11 figures.",
    ),
    "address": ("Địa chỉ có tối đa 300 chữ cái.", "An address has at most 300 characters."),
    "reason": ("Ghi lý do, ít nhất 5 chữ cái.", "Give the reason, at least 5 characters."),
    "expected_version": (
        "Hồ sơ đã thay đổi; hãy mở lại trang.",
        "The case has changed; open the page again.",
    ),
}
