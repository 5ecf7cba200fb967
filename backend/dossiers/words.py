"""Names of things in a dossier as people read them, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping

from penalty.dossier import Action, Role
from penalty.minors import AgeBand

Pair = tuple[str, str]

EVENTS: Mapping[str, Pair] = {
    "approval_asked": ("Đề nghị người thứ hai phê duyệt", "A second person's approval was asked for"),
    "approval_given": ("Người thứ hai đã phê duyệt", "A second person approved"),
    "approval_refused": ("Người thứ hai đã từ chối", "A second person refused"),
    "opened": (
        "Cán bộ xác nhận vi phạm, mở hồ sơ",
        "An officer confirmed the violation and opened the dossier",
    ),
    "owner_found": ("Đã xác định chủ xe", "The owner was established"),
    "notice_sent": ("Đã gửi thông báo vi phạm", "The notice was sent"),
    "registration_warned": ("Đã cảnh báo đăng kiểm, đăng ký xe", "Inspection and registration were warned"),
    "record_made": ("Đã lập biên bản", "The record was made"),
    "contested": ("Chủ xe không đồng ý và nêu lý do", "The owner does not agree and says why"),
    "contest_refused": ("Ý kiến của chủ xe không được chấp nhận", "The owner's objection was not accepted"),
    "reminded": ("Đã gửi giấy đôn đốc", "A reminder was sent"),
    "answered": ("Đã gửi văn bản trả lời", "An answer was sent"),
    "owner_sought_again": ("Xác định lại chủ xe", "The owner is being established again"),
    "driver_named": ("Chủ xe cho biết người đã lái xe", "The owner named the driver"),
    "driver_confirmed": ("Người được nêu tên xác nhận đã lái xe", "The person named confirmed that he drove"),
    "driver_denied": ("Người được nêu tên không lái xe", "The person named was not driving"),
    "transferred": ("Đã chuyển hồ sơ cho đơn vị khác", "The case was transferred to another unit"),
    "transfer_accepted": ("Đơn vị khác đã tiếp nhận hồ sơ", "The other unit took the case over"),
    "taken_over": ("Tiếp nhận hồ sơ từ đơn vị khác", "The case was taken over from another unit"),
    "returned": ("Đơn vị khác đã trả lại hồ sơ", "The other unit gave the case back"),
    "settled_elsewhere": ("Đơn vị khác đã giải quyết xong", "The other unit settled the case"),
    "enforcement_ordered": ("Đã ra quyết định cưỡng chế", "Enforcement was ordered"),
    "refunded": ("Đã hoàn trả toàn bộ tiền", "All money was given back"),
    "submission": ("Đã nhận đơn, ý kiến", "A statement was received"),
    "complaint_accepted": ("Khiếu nại được thụ lý", "The complaint was accepted"),
    "complaint_refused": ("Khiếu nại không được thụ lý", "The complaint was not accepted"),
    "complaint_upheld": ("Khiếu nại đúng", "The complaint was upheld"),
    "complaint_rejected": ("Khiếu nại không đúng", "The complaint was rejected"),
    "complaint_withdrawn": ("Đã rút khiếu nại", "The complaint was withdrawn"),
    "explanation_received": ("Đã nhận giải trình", "An explanation was received"),
    "decision_issued": ("Đã ra quyết định xử phạt", "The penalty decision was issued"),
    "decision_delivered": ("Đã giao quyết định", "The decision was delivered"),
    "decision_deemed_delivered": (
        "Bưu điện trả lại lần thứ ba: quyết định được coi là đã giao",
        "The post brought it back three times: the decision counts as delivered",
    ),
    "relief_granted": ("Được hoãn hoặc nộp nhiều lần", "Paying later or in parts was allowed"),
    "relief_refused": (
        "Đề nghị hoãn, giảm, miễn hoặc nộp nhiều lần không được chấp nhận",
        "A request to pay later, in parts or less was refused",
    ),
    "fine_reduced": ("Tiền phạt được giảm", "The fine was reduced"),
    "fine_exempted": ("Được miễn số tiền phạt còn lại", "What was left of the fine was waived"),
    "overdue": ("Quá hạn nộp phạt", "The time to pay is over"),
    "payment_failed": ("Giao dịch nộp phạt không thành công", "A payment did not succeed"),
    "payment_held": ("Ngân hàng đang kiểm tra giao dịch", "The bank is checking a payment"),
    "partly_paid": ("Đã nộp một phần", "Part of the fine was paid"),
    "payment_expired": ("Hết hạn nộp của một lần nộp", "The time of a payment ran out"),
    "refund_paid": ("Đã hoàn trả tiền", "Money was given back"),
    "refund_queued": ("Có khoản tiền cần hoàn trả", "Money has to be given back"),
    "fine_paid": ("Đã nộp phạt", "The fine was paid"),
    "warning_given": ("Đã phạt cảnh cáo, hồ sơ kết thúc", "The warning was given, the case is closed"),
    "closed": ("Hồ sơ kết thúc", "The case was closed"),
    "dossier_dropped": ("Hồ sơ bị loại", "The dossier was dropped"),
    "time_barred": ("Hết thời hiệu xử phạt", "The limitation period is over"),
    "enforcement_lapsed": ("Hết thời hiệu thi hành", "The time to enforce is over"),
    "evasion_recorded": (
        "Ghi nhận cố tình trốn tránh, cản trở: thời hiệu được tính lại",
        "Deliberate evasion was recorded: the limitation counts anew",
    ),
    "time_limits_recounted": (
        "Lịch làm việc thay đổi: các thời hạn được tính lại",
        "The calendar changed: time limits were counted anew",
    ),
    "complaint_lapsed": ("Hết thời hạn khiếu nại lần hai", "The time for a second complaint is over"),
    "decision_annulled": ("Quyết định bị hủy", "The decision was cancelled"),
}
UNITS: Mapping[str, Pair] = {
    "working_day": ("ngày làm việc", "working days"),
    "calendar_day": ("ngày, tính cả ngày nghỉ", "calendar days"),
    "month": ("tháng", "months"),
    "year": ("năm", "years"),
    "hour": ("giờ", "hours"),
    "immediate": ("ngay", "at once"),
}
PAPERS: Mapping[str, Pair] = {
    "notice": ("Thông báo vi phạm", "Notice of violation"),
    "record": ("Biên bản vi phạm", "Record of violation"),
    "decision": ("Quyết định xử phạt", "Penalty decision"),
    "receipt": ("Biên lai thu tiền phạt", "Receipt"),
    "evidence_list": ("Bản kê chứng cứ", "List of evidence"),
    "transfer": ("Phiếu chuyển hồ sơ", "Transfer slip"),
    "reminder": ("Giấy đôn đốc", "Reminder"),
    "annulment": ("Quyết định hủy bỏ quyết định xử phạt", "Decision that cancels the penalty"),
    "answer": ("Văn bản trả lời", "Answer"),
    "refund": ("Quyết định hoàn trả tiền", "Decision to give money back"),
    "deferral": ("Quyết định hoãn thi hành phạt tiền", "Decision to defer the fine"),
    "instalments": ("Quyết định nộp tiền phạt nhiều lần", "Decision to let the fine be paid in parts"),
    "enforcement": ("Quyết định cưỡng chế thi hành", "Enforcement decision"),
    "remission": ("Quyết định giảm, miễn tiền phạt", "Decision to reduce or waive the fine"),
}
CHANNELS: Mapping[str, Pair] = {
    "vneid": ("Hộp thư VNeID", "VNeID box"),
    "zalo": ("Zalo", "Zalo"),
    "sms": ("Tin nhắn SMS", "SMS"),
    "email": ("Thư điện tử", "E-mail"),
    "letter": ("Thư bưu điện", "Letter"),
}
PURPOSES: Mapping[str, Pair] = {
    **PAPERS,
    "guardian": ("Bản gửi cha mẹ hoặc người giám hộ", "Copy for parents or guardian"),
    "answer_by": ("Nhắc hạn trả lời", "Reminder to answer"),
    "pay_by": ("Nhắc hạn nộp phạt", "Reminder to pay"),
    "overdue": ("Nhắc đã quá hạn nộp phạt", "Reminder: payment is overdue"),
}
MESSAGE_STATES: Mapping[str, Pair] = {
    "waiting": ("Sắp gửi", "Waiting"),
    "trying": ("Đang thử lại", "Trying again"),
    "sent": ("Đã gửi", "Sent"),
    "delivered": ("Đã đến nơi", "Delivered"),
    "read": ("Đã xem", "Read"),
    "unknown": ("Không rõ đã đến chưa", "May have arrived"),
    "failed": ("Không gửi được, chuyển kênh khác", "Failed, went another way"),
    "suppressed": ("Địa chỉ ngừng sử dụng, chuyển kênh khác", "Address not in use, went another way"),
    "dropped": ("Không còn cần gửi", "No longer needed"),
    "dead": ("Không gửi được bằng kênh nào", "Not delivered by any channel"),
    "returned": ("Thư bị trả lại", "Returned mail"),
    "to_post": ("Chờ gửi bưu điện", "To be posted"),
    "cancelled": ("Không gửi nữa", "No longer sent"),
    "in_batch": ("Trong lô thư gửi bưu điện", "In the post's batch"),
}
ACTION_NAMES: Mapping[Action, Pair] = {
    Action.REFUSE_CONTEST: ("Không chấp nhận ý kiến của chủ xe", "Refuse the owner's objection"),
    Action.FIND_OTHER_OWNER: ("Xác định lại chủ xe", "Seek the owner again"),
    Action.DRIVER_DENIES: ("Người được nêu tên không lái xe", "The person named was not driving"),
    Action.MAKE_RECORD: ("Lập biên bản tại trụ sở", "Make the record at the station"),
    Action.DECIDE: ("Ký quyết định xử phạt", "Sign the penalty decision"),
    Action.TRANSFER: ("Chuyển hồ sơ cho đơn vị khác", "Transfer the case"),
    Action.DROP: ("Loại hồ sơ, không xử phạt", "Drop the dossier without a penalty"),
    Action.ENFORCE: ("Ra quyết định cưỡng chế", "Order enforcement"),
    Action.ANNUL: ("Hủy quyết định xử phạt", "Cancel the penalty decision"),
}
AGES: Mapping[str, Pair] = {
    AgeBand.UNDER_14: ("dưới 14 tuổi", "under 14"),
    AgeBand.FROM_14: ("từ đủ 14 đến dưới 16 tuổi", "14 or 15"),
    AgeBand.FROM_16: ("từ đủ 16 đến dưới 18 tuổi", "16 or 17"),
    AgeBand.ADULT: ("từ đủ 18 tuổi", "18 or older"),
    "silent": ("chưa trả lời", "no answer yet"),
}
"""How old somebody was on the day of the act, and what a register says that has not answered."""
ROLE_NAMES: Mapping[Role, Pair] = {
    Role.OFFICER: ("cán bộ", "officers"),
    Role.TEAM_CHIEF: ("chỉ huy", "chiefs"),
    Role.ACCOUNTANT: ("kế toán", "accountants"),
    Role.OWNER: ("chủ xe", "the owner"),
    Role.SYSTEM: ("hệ thống", "the system"),
}
