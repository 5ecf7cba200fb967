"""The audit log in words: every act, every kind of thing acted on, who acted; Vietnamese and English."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.accounts.words import ROLE_NAMES as STAFF_ROLES
from backend.dossiers.words import CHANNELS, EVENTS, PAPERS
from backend.owners.words import FIELD_NAMES
from backend.review.words import ROLE_NAMES as FILE_NAMES
from penalty.dossier import LABELS
from penalty.plates import COLOUR_NAMES, KIND_NAMES

Pair = tuple[str, str]

ACTIONS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "account.appointed": ("Ghi chức danh", "Wrote down an office"),
        "account.area_ended": ("Kết thúc địa bàn", "Ended an area"),
        "account.area_granted": ("Giao địa bàn", "Gave an area"),
        "account.changed": ("Sửa tài khoản", "Changed an account"),
        "account.closed": ("Đóng tài khoản", "Closed an account"),
        "account.created": ("Mở tài khoản mới", "Opened a new account"),
        "account.linked": ("Nối tài khoản với đăng nhập một lần", "Linked an account to single sign-on"),
        "account.office_ended": ("Kết thúc chức danh", "Ended an office"),
        "account.opened": ("Mở lại tài khoản", "Opened an account again"),
        "account.password_changed": ("Đổi mật khẩu", "Changed a password"),
        "account.password_reset": ("Đặt lại mật khẩu", "Reset a password"),
        "address.suppressed": ("Ngừng gửi tới một địa chỉ", "Stopped sending to an address"),
        "address.suppression_lifted": ("Gửi lại tới một địa chỉ", "Began sending to an address again"),
        "alert.acknowledged": ("Nhận xử lý cảnh báo", "Took an alert on"),
        "alert.closed": ("Cảnh báo kết thúc", "An alert ended"),
        "alert.opened": ("Có cảnh báo", "An alert began"),
        "approval.approved": ("Phê duyệt đề nghị", "Approved a request"),
        "approval.asked": ("Đề nghị người thứ hai phê duyệt", "Asked for a second person"),
        "approval.expired": ("Đề nghị quá hạn", "A request ran out"),
        "approval.refused": ("Từ chối đề nghị", "Refused a request"),
        "approval.withdrawn": ("Rút đề nghị", "Took a request back"),
        "areas.imported": ("Nhập danh mục địa bàn", "Imported areas"),
        "audit.exported": ("Xuất nhật ký", "Exported the log"),
        "audit.read": ("Xem nhật ký", "Read the log"),
        "audit.verified": ("Kiểm tra chuỗi nhật ký", "Verified the chain of the log"),
        "camera.assigned": ("Giao camera cho hộp", "Assigned a camera to a box"),
        "camera.logs_asked": ("Yêu cầu nhật ký của hộp", "Asked a box for its logs"),
        "camera.placed": ("Ghi nơi đặt camera", "Wrote down where a camera stands"),
        "camera.rehearse_asked": ("Yêu cầu chạy thử cấu hình camera", "Asked a box to try a camera file"),
        "camera.view_asked": ("Yêu cầu hình từ camera", "Asked a box for a picture"),
        "camera_file.published": ("Phát hành cấu hình camera", "Published a camera file"),
        "case.looked_up": ("Tra cứu công khai theo biển số", "Public look-up by plate"),
        "channel.token_lost": ("Kênh nhắn tin mất quyền gửi", "A channel lost its permission to send"),
        "citizen.data_taken_away": ("Người dân tải dữ liệu của mình", "A citizen downloaded his data"),
        "citizen.signed_in": ("Người dân đăng nhập", "A citizen signed in"),
        "citizen.signed_out": ("Người dân đăng xuất", "A citizen signed out"),
        "company.asked": ("Doanh nghiệp đăng ký", "A company asked to subscribe"),
        "company.ended": ("Chấm dứt đăng ký của doanh nghiệp", "Ended a company's subscription"),
        "company.endpoint_added": ("Thêm địa chỉ webhook", "Added a webhook address"),
        "company.endpoint_removed": ("Bỏ địa chỉ webhook", "Removed a webhook address"),
        "company.endpoint_switched_off": ("Ngắt một địa chỉ webhook", "Switched a webhook off"),
        "company.key_made": ("Tạo khóa API", "Made an API key"),
        "company.key_revoked": ("Thu hồi khóa API", "Revoked an API key"),
        "company.looked_up": ("Doanh nghiệp tra cứu xe của mình", "A company looked its vehicles up"),
        "company.paper_viewed": ("Xem giấy tờ của doanh nghiệp", "Looked at a company's paper"),
        "company.plate_refused": (
            "Cơ quan đăng ký xe không xác nhận xe",
            "The registry did not confirm a vehicle",
        ),
        "company.plate_removed": ("Doanh nghiệp bỏ một xe", "A company took a vehicle off its list"),
        "company.plate_verified": ("Cơ quan đăng ký xe xác nhận xe", "The registry confirmed a vehicle"),
        "company.plates_added": ("Doanh nghiệp thêm xe", "A company added vehicles"),
        "company.refused": ("Từ chối doanh nghiệp", "Refused a company"),
        "company.registry_asked": ("Hỏi cơ quan đăng ký xe", "Asked the registry about vehicles"),
        "company.secret_rotated": ("Đổi khóa webhook", "Changed a webhook's secret"),
        "company.suspended": ("Tạm ngừng doanh nghiệp", "Suspended a company"),
        "company.told_switched_off": (
            "Báo doanh nghiệp webhook bị ngắt",
            "Told a company that its webhook was switched off",
        ),
        "company.verified": ("Xác nhận doanh nghiệp", "Verified a company"),
        "company.viewed": ("Xem hồ sơ doanh nghiệp", "Looked at a company"),
        "contact.chosen": ("Chọn cách nhận tin", "Chose how to be told"),
        "counter.card_charged": ("Thu tiền qua thẻ tại quầy", "Charged a card at the counter"),
        "counter.card_refused": ("Thẻ bị từ chối tại quầy", "A card was refused at the counter"),
        "counter.paper_kept": ("Lưu giấy tờ nhận tại quầy", "Kept a paper given at the counter"),
        "counter.searched": ("Tìm hồ sơ tại quầy", "Searched for a case at the counter"),
        "counter.slip_corrected": ("Sửa số hóa đơn thẻ", "Corrected a card slip"),
        "counter.visit_ended": ("Kết thúc lượt tiếp dân", "Ended a visit at the counter"),
        "counter.visit_opened": ("Bắt đầu lượt tiếp dân", "Began a visit at the counter"),
        "device.approved": ("Duyệt hộp camera", "Approved a camera box"),
        "device.enrolled": ("Hộp camera đăng ký", "A camera box enrolled"),
        "device.revoked": ("Thu hồi hộp camera", "Revoked a camera box"),
        "document.viewed": ("Xem giấy tờ", "Looked at a paper"),
        "evidence.checked": ("Kiểm tra chứng cứ còn nguyên vẹn không", "Checked whether evidence is intact"),
        "evidence.opened": ("Mở trang toàn bộ chứng cứ", "Opened the page of the whole evidence"),
        "evidence.taken_away": ("Tải chứng cứ về", "Downloaded evidence"),
        "evidence.viewed": ("Xem ảnh, video", "Looked at a picture or video"),
        "kiosk.code_issued": ("Cấp mã ghép ki-ốt", "Gave out a kiosk's code"),
        "kiosk.paired": ("Ghép ki-ốt", "Paired a kiosk"),
        "kiosk.revoked": ("Ngừng ki-ốt", "Revoked a kiosk"),
        "labels.exported": ("Xuất nhãn huấn luyện", "Exported training labels"),
        "letter.posted": ("Ghi thư đã gửi bưu điện", "Noted that a letter is in the post"),
        "message.resent": ("Gửi lại tin nhắn", "Sent a message again"),
        "on_call.added": ("Thêm người trực", "Put somebody on duty"),
        "on_call.removed": ("Cho thôi trực", "Took somebody off duty"),
        "owner.corrected": ("Sửa thông tin chủ xe", "Corrected the owner's data"),
        "owner.correction_accepted": ("Cơ quan đăng ký nhận sửa đổi", "The registry took a correction"),
        "owner.correction_refused": (
            "Cơ quan đăng ký không nhận thông tin sửa",
            "The registry refused a correction",
        ),
        "owner.correction_trying": ("Đang báo thông tin sửa", "A correction is being reported"),
        "owner.lookup_conflict": ("Tra cứu chủ xe: dữ liệu mâu thuẫn", "Owner look-up: data conflict"),
        "owner.lookup_found": ("Tra cứu chủ xe: tìm thấy", "Owner look-up: found"),
        "owner.lookup_missing": ("Tra cứu chủ xe: không có dữ liệu", "Owner look-up: no data"),
        "owner.lookup_requested": ("Yêu cầu tra cứu chủ xe", "Asked for the owner"),
        "owner.lookup_stale": ("Tra cứu chủ xe: dữ liệu cũ", "Owner look-up: old data"),
        "owner.lookup_unavailable": ("Tra cứu chủ xe: không có trả lời", "Owner look-up: no answer"),
        "owner.resolved": ("Xác định chủ xe", "Established the owner"),
        "owner.viewed": ("Xem thông tin chủ xe", "Looked at the owner's data"),
        "payment.acquirer_file": (
            "Đọc tệp hóa đơn thẻ của ngân hàng",
            "Read the acquirer's file of card slips",
        ),
        "payment.came_before": (
            "Tiền của lần nộp này đã được xử lý trước",
            "Money of this payment was dealt with before",
        ),
        "payment.line_claimed": (
            "Cổng báo: khoản tiền chưa rõ là của lần nộp này",
            "The gateway told which payment unplaced money is of",
        ),
        "payment.line_placed": ("Ghi khoản tiền chưa rõ vào hồ sơ", "Put money on a case"),
        "payment.refunded": ("Hoàn trả tiền", "Gave money back"),
        "payment.return_decided": ("Quyết định trả tiền cho người gửi", "Decided to send money back"),
        "payment.returned": ("Trả tiền cho người gửi", "Sent money back to its sender"),
        "payment.started": ("Bắt đầu nộp tiền", "Began a payment"),
        "payment.statement_line": ("Đối chiếu một dòng sao kê", "Matched a line of a statement"),
        "portal.opened": ("Chủ xe mở hồ sơ", "The owner opened his case"),
        "post.batch_asked": ("Lập lô thư bưu điện", "Asked for a batch of letters"),
        "post.batch_handed_over": ("Giao lô thư cho bưu điện", "Handed a batch to the post"),
        "post.batch_viewed": ("Xem lô thư bưu điện", "Looked at a batch of letters"),
        "release.published": ("Ban hành phần mềm cho hộp", "Published a release"),
        "release_roll_out.begun": ("Bắt đầu triển khai phần mềm", "Began a roll-out of a release"),
        "release_roll_out.done": ("Triển khai phần mềm xong", "A roll-out of a release is done"),
        "release_roll_out.paused": ("Tạm dừng triển khai phần mềm", "Paused a roll-out of a release"),
        "release_roll_out.resumed": ("Tiếp tục triển khai phần mềm", "Went on with a roll-out of a release"),
        "release_roll_out.stopped": ("Dừng triển khai phần mềm", "Stopped a roll-out of a release"),
        "roll_out.begun": ("Bắt đầu triển khai cấu hình", "Began a roll-out"),
        "roll_out.done": ("Triển khai xong", "A roll-out is done"),
        "roll_out.stopped": ("Dừng triển khai", "Stopped a roll-out"),
        "second_factor.recovery_used": ("Dùng mã dự phòng", "Used a recovery code"),
        "second_factor.removed": ("Bỏ xác thực hai lớp", "Removed the second factor"),
        "second_factor.set": ("Bật xác thực hai lớp", "Set the second factor"),
        "second_review.agreed": ("Duyệt lần hai: thống nhất", "Second review: agreed"),
        "second_review.claimed": ("Nhận duyệt lần hai", "Took up a second review"),
        "second_review.differs": ("Duyệt lần hai: khác nhau", "Second review: differs"),
        "second_review.drawn": ("Chọn để duyệt lần hai", "Drawn for a second review"),
        "second_review.released": ("Trả lại duyệt lần hai", "Gave a second review back"),
        "second_review.settled": ("Chỉ huy kết luận khác nhau", "A chief settled a difference"),
        "session.ended": ("Kết thúc một phiên", "Ended a session"),
        "sessions.ended": ("Kết thúc mọi phiên", "Ended all sessions"),
        "settlement.file": ("Đọc tệp kết chuyển", "Read a file of settlements"),
        "settlement.posted": ("Ghi sổ một đợt kết chuyển", "Booked a settlement"),
        "sign_in.done": ("Đăng nhập", "Signed in"),
        "sign_in.refused": ("Đăng nhập không được", "A sign-in was refused"),
        "submission.answered": ("Trả lời đơn, ý kiến", "Answered a statement"),
        "submission.picture": ("Xem ảnh trong đơn", "Looked at a picture of a statement"),
        "submission.read": ("Đọc đơn, ý kiến", "Read a statement"),
        "transfer.accepted": ("Tiếp nhận hồ sơ chuyển đến", "Took a case over"),
        "transfer.difference_settled": (
            "Làm rõ khác biệt giữa hai hệ thống",
            "Settled a difference of two systems",
        ),
        "transfer.received": ("Nhận hồ sơ chuyển đến", "Received a case"),
        "transfer.refused": ("Trả lại hồ sơ chuyển đến", "Gave a case back"),
        "transfer.sent": ("Gửi hồ sơ sang đơn vị khác", "Sent a case to another unit"),
        "transfer.settled": ("Đơn vị kia giải quyết xong", "The other unit settled a case"),
        "violation.claimed": ("Nhận duyệt vi phạm", "Took a violation up"),
        "violation.confirmed": ("Xác nhận vi phạm", "Confirmed a violation"),
        "violation.corrected": ("Sửa biển số, loại xe", "Corrected plate or vehicle"),
        "violation.received": ("Nhận báo cáo vi phạm từ hộp camera", "Received a violation from a box"),
        "violation.rejected": ("Loại vi phạm", "Rejected a violation"),
        "violation.released": ("Trả lại vi phạm vào hàng chờ", "Gave a violation back to the queue"),
        "dossier.driver_age": ("Ghi tuổi người lái xe", "Kept the driver's age"),
        "owner.age": ("Ghi tuổi chủ xe", "Kept the owner's age"),
        "dossier.searched": ("Tìm hồ sơ", "Searched for a case"),
        **{f"dossier.{kind}": said for kind, said in EVENTS.items()},
    }
)
SUBJECTS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "account": ("Tài khoản", "Account"),
        "acquirer_file": ("Tệp hóa đơn thẻ", "File of card slips"),
        "alert": ("Cảnh báo", "Alert"),
        "api_key": ("Khóa API", "API key"),
        "approval": ("Đề nghị cần hai người", "Request for two persons"),
        "areas": ("Danh mục địa bàn", "Areas"),
        "audit": ("Nhật ký", "Audit log"),
        "camera": ("Camera", "Camera"),
        "channel": ("Kênh nhắn tin", "Channel of messages"),
        "citizen_session": ("Phiên của người dân", "Citizen's session"),
        "company": ("Doanh nghiệp", "Company"),
        "counter": ("Quầy", "Counter"),
        "device": ("Hộp camera", "Camera box"),
        "document": ("Giấy tờ", "Paper"),
        "dossier": ("Hồ sơ", "Dossier"),
        "kiosk": ("Ki-ốt", "Kiosk"),
        "labels": ("Nhãn huấn luyện", "Training labels"),
        "message": ("Tin nhắn", "Message"),
        "on_call": ("Người trực", "Person on duty"),
        "owner_lookup": ("Tra cứu chủ xe", "Owner look-up"),
        "payment": ("Lần nộp tiền", "Payment"),
        "post_batch": ("Lô thư", "Batch of letters"),
        "recheck": ("Duyệt lần hai", "Second review"),
        "settlement": ("Kết chuyển về Kho bạc", "Settlement with the treasury"),
        "refund": ("Khoản hoàn trả", "Refund"),
        "line_return": ("Khoản trả cho người gửi", "Money sent back"),
        "release": ("Bản phát hành", "Release"),
        "release_roll_out": ("Đợt triển khai phần mềm", "Roll-out of a release"),
        "roll_out": ("Đợt triển khai", "Roll-out"),
        "statement_line": ("Dòng sao kê", "Line of a statement"),
        "submission": ("Đơn, ý kiến", "Statement of an owner"),
        "suppression": ("Địa chỉ ngừng gửi", "Address not in use"),
        "transfer": ("Chuyển hồ sơ", "Transfer"),
        "violation": ("Vụ vi phạm", "Violation"),
        "webhook_endpoint": ("Địa chỉ webhook", "Webhook address"),
    }
)
_KIND_OF_FAMILY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "address": "suppression",
        "camera_file": "camera",
        "case": "dossier",
        "citizen": "citizen_session",
        "contact": "dossier",
        "evidence": "violation",
        "letter": "document",
        "owner": "owner_lookup",
        "portal": "dossier",
        "post": "post_batch",
        "second_factor": "account",
        "second_review": "recheck",
        "session": "account",
        "sessions": "account",
        "sign_in": "account",
    }
)
"""What the acts of a family are about, where its name does not say so."""
ACTORS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "authority": ("Cơ quan khác", "Another authority"),
        "citizen": ("Người dân đã đăng nhập", "A citizen, signed in"),
        "company": ("Doanh nghiệp", "A company"),
        "device": ("Hộp camera", "Camera box"),
        "owner": ("Chủ xe", "The owner"),
        "public": ("Khách tra cứu", "A visitor"),
        "system": ("Hệ thống", "The system"),
    }
)
"""Who acts, but for staff, who have names."""
DETAILS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "after": ("Sau", "After"),
        "amount_vnd": ("Số tiền", "Amount"),
        "area": ("Địa bàn", "Area"),
        "basis": ("Căn cứ", "Basis"),
        "before": ("Trước", "Before"),
        "channel": ("Kênh", "Channel"),
        "code": ("Mã", "Code"),
        "dossier": ("Hồ sơ", "Dossier"),
        "fields": ("Thông tin", "Fields"),
        "fine_vnd": ("Mức phạt", "Fine"),
        "ground_colour": ("Màu nền biển", "Ground colour"),
        "files": ("Số tệp", "Files"),
        "found": ("Kết quả", "Found"),
        "holds": ("Chuỗi nguyên vẹn", "Chain holds"),
        "intact": ("Nguyên vẹn", "Intact"),
        "kind": ("Loại", "Kind"),
        "measure": ("Biện pháp", "Measure"),
        "method": ("Cách đăng nhập", "Way to sign in"),
        "note": ("Ghi chú", "Note"),
        "number": ("Số", "Number"),
        "outcome": ("Kết quả", "Outcome"),
        "peer": ("Đơn vị", "Unit"),
        "plate": ("Biển số", "Plate"),
        "position": ("Chức danh", "Office"),
        "purpose": ("Mục đích", "Purpose"),
        "reason": ("Lý do", "Reason"),
        "receipt": ("Biên nhận", "Receipt"),
        "reference": ("Tham chiếu", "Reference"),
        "role": ("Tệp", "File"),
        "roles": ("Vai trò", "Roles"),
        "rows": ("Số dòng", "Rows"),
        "rule": ("Loại", "Rule"),
        "state": ("Trạng thái", "State"),
        "username": ("Tên đăng nhập", "User name"),
        "vehicle_kind": ("Loại xe", "Kind of vehicle"),
        "verdict": ("Kết luận", "Verdict"),
        "whole": ("Kèm bản gốc", "With originals"),
    }
)
"""What a line says besides; what is not here is seen in the line as it was recorded."""


VALUES: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        **CHANNELS,
        **PAPERS,
        **FILE_NAMES,
        **KIND_NAMES,
        **COLOUR_NAMES,
        **FIELD_NAMES,
        **{str(role): said for role, said in STAFF_ROLES.items()},
        **{str(state): said for state, said in LABELS.items()},
    }
)
"""Codes among the details that people have words for."""


def offered(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every act by what it is about, to choose from: (kind, [(code, act)]) in the order of their words."""
    at = 0 if language == "vi" else 1
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, said in ACTIONS.items():
        family = code.partition(".")[0]
        groups[SUBJECTS[_KIND_OF_FAMILY.get(family, family)][at]].append((code, said[at]))
    return [(kind, sorted(acts, key=lambda act: act[1])) for kind, acts in sorted(groups.items())]
