"""What happened to messages, as people read it, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

EVENTS: Mapping[str, Pair] = {
    "accepted": ("Nhà cung cấp đã nhận", "The provider took it"),
    "failed": ("Nhà cung cấp không nhận", "The provider did not take it"),
    "unknown": ("Không có trả lời; có thể đã đến", "No answer; it may have arrived"),
    "perhaps_twice": ("Gửi lại sau sự cố, có thể đã đến hai lần", "Sent again after a crash, perhaps twice"),
    "asked_again": ("Gửi lại sau sự cố, không thể trùng", "Sent again after a crash, never twice"),
    "receipt_delivered": ("Báo đã đến nơi", "Reported as delivered"),
    "receipt_read": ("Báo đã xem", "Reported as read"),
    "receipt_failed": ("Báo không đến được", "Reported as not delivered"),
    "receipt_returned": ("Bưu điện trả lại thư", "The post brought the letter back"),
    "suppressed": ("Không gửi: địa chỉ ngừng sử dụng", "Not sent: the address is not in use"),
    "dropped": ("Không còn cần gửi", "No longer needed"),
    "dead": ("Không còn kênh nào", "No channel is left"),
    "resent": ("Cán bộ cho gửi lại", "A person had it sent again"),
    "in_batch": ("Đưa vào lô thư", "Put into the post's batch"),
    "posted": ("Đã gửi bưu điện", "In the post"),
    "post_again": ("Gửi bưu điện thêm lần nữa", "The post is to try again"),
}
CODES: Mapping[str, Pair] = {
    "hard_bounce": ("Địa chỉ không tồn tại", "The address does not exist"),
    "opt_out": ("Người nhận không muốn nhận", "The person does not want it"),
    "returned_mail": ("Thư bị trả lại", "Returned mail"),
    "objective": ("Bưu điện trả lại vì lý do khách quan", "The post could not, for an objective reason"),
    "no_address": ("Chưa biết địa chỉ", "No address is known"),
    "address_too_long": ("Địa chỉ dài quá ô cửa sổ bì thư", "The address does not fit the envelope's window"),
    "no_account": ("Không có tài khoản", "No account"),
    "no_phone": ("Chưa biết số điện thoại", "No phone is known"),
    "no_template": ("Mẫu tin chưa được duyệt", "The template is not approved"),
    "content": ("Nội dung không được phép gửi", "The content must not be sent"),
    "quota": ("Hết hạn mức trong ngày", "The day's quota is used up"),
    "no_answer": ("Không có trả lời", "No answer"),
    "not_sent": ("Không kết nối được", "No connection"),
}
POST_STATES: Mapping[str, Pair] = {
    "asked": ("Đang in", "Being printed"),
    "trying": ("Đang thử lại", "Trying again"),
    "handed_over": ("Đã giao bưu điện", "Handed to the post"),
}
