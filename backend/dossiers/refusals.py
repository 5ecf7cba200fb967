"""What a step of a dossier is refused with, in words."""

from __future__ import annotations

from backend.errors import Problem
from penalty.catalogue import NeedsOfficerError


def plate_needed() -> Problem:
    return Problem(
        422,
        "plate_needed",
        "Chưa có biển số",
        "There is no plate",
        "Nhập biển số nhìn thấy trên ảnh, hoặc loại trường hợp này.",
        "Enter the plate seen in the picture, or reject the case.",
    )


def driver_needed() -> Problem:
    return Problem(
        409,
        "driver_needed",
        "Xe của tổ chức: cần người lái xe",
        "A vehicle of an organisation: its driver is needed",
        "Tổ chức cho biết ai đã lái xe; người đó đến trụ sở để lập biên bản.",
        "The organisation names who drove; that person comes to the station for the record.",
    )


def driver_not_heard() -> Problem:
    return Problem(
        409,
        "driver_not_heard",
        "Chưa làm việc với người lái xe được nêu tên",
        "The driver who was named has not been heard",
        "Ghi kết quả làm việc với người đó trước khi lập biên bản.",
        "Write down what that person said before the record is made.",
    )


def acceptance_incomplete() -> Problem:
    return Problem(
        422,
        "acceptance_incomplete",
        "Cần đánh dấu đủ ba mục",
        "All three boxes are needed",
        "Nếu bạn không đồng ý một mục nào, hãy chọn cách giải quyết khác.",
        "If you do not agree with one of them, choose another way.",
    )


def amount_not_lawful(error: NeedsOfficerError) -> Problem:
    return Problem(
        422,
        "amount_not_lawful",
        "Mức phạt chưa đúng với số tình tiết",
        "The amount does not fit the circumstances",
        "Không có tình tiết còn lại: mức trung bình. Còn một: chọn mức và ghi lý do. Còn hai trở lên: mức tối"
        " thiểu hoặc tối đa.",
        f"None left: the average. One left: choose and say why. Two or more: an end of the band. {error}",
    )


def owner_not_liable_yet() -> Problem:
    return Problem(
        409,
        "owner_not_liable_yet",
        "Chưa xử phạt chủ xe được",
        "The owner cannot be fined yet",
        "Chỉ khi đã hết 20 ngày kể từ ngày gửi thông báo mà không có trả lời (Nghị định 168/2024 Điều 47).",
        "Only once the 20 days since the notice are over without an answer (Decree 168/2024 Art. 47).",
    )


def owner_named_driver() -> Problem:
    return Problem(
        409,
        "owner_named_driver",
        "Không xử phạt chủ xe: chủ xe đã khai người lái",
        "The owner is not fined: the owner named who drove",
        "Xử lý người lái đã được khai; nếu người đó không lái, ghi câu trả lời để hỏi tiếp chủ xe.",
        "Go on with the driver who was named; where it was not he, answer so, and the owner is asked on.",
    )


def owner_under_age() -> Problem:
    return Problem(
        409,
        "driver_under_age",
        "Không xử phạt: chủ xe chưa đủ 14 tuổi vào ngày vi phạm",
        "No penalty: the owner was under 14 on the day of the act",
        "Hồ sơ được loại, có người thứ hai phê duyệt (Điều 5 Luật XLVPHC).",
        "The dossier is dropped, with a second person's approval (LHAV Art. 5).",
    )


def age_pending() -> Problem:
    return Problem(
        409,
        "age_pending",
        "Đang hỏi cơ sở dữ liệu dân cư về tuổi người lái xe",
        "The population register is being asked how old the driver was",
        "Ít phút nữa hãy thực hiện lại. Giấy tờ chỉ thay cho dữ liệu khi cơ sở dữ liệu không trả lời được.",
        "Do it again in a moment. Papers stand in for the answer only where the register cannot give one.",
    )


def age_conflict() -> Problem:
    return Problem(
        409,
        "age_conflict",
        "Tuổi người lái xe theo giấy tờ cần người thứ hai xác nhận",
        "The driver's age by the papers takes a second person",
        "Giấy tờ khác với cơ sở dữ liệu, hoặc ghi dưới 18 tuổi khi cơ sở dữ liệu chưa trả lời. Đề nghị người"
        " thứ hai xem giấy tờ và xác nhận, trên trang hồ sơ, rồi lập biên bản.",
        "They differ from the register, or say under 18 while it is silent. Ask a second person, on the"
        " dossier's page, to see the papers and confirm; then make the record.",
    )


def age_of_another() -> Problem:
    return Problem(
        409,
        "age_of_another",
        "Đề nghị này không còn đúng với người lái xe của hồ sơ",
        "This request no longer fits the driver of the case",
        "Hồ sơ đã chuyển sang người khác hoặc cơ sở dữ liệu đã trả lời khác đi. Từ chối và đề nghị lại.",
        "The case went on to another person, or the register answered otherwise. Refuse it; ask anew.",
    )


def age_too_late() -> Problem:
    return Problem(
        409,
        "no_such_move",
        "Biên bản đã được lập",
        "The record was made already",
        "Tuổi người lái xe chỉ ghi được trước khi lập biên bản.",
        "The driver's age can be settled only before the record is made.",
    )


def no_fine_for_act(error: Exception) -> Problem:
    return Problem(
        422,
        "no_fine_for_act",
        "Danh mục chưa có mức phạt cho hành vi này với loại xe này",
        "The catalogue has no fine for this act by this kind of vehicle",
        "Kiểm tra lại loại xe; nếu đúng, loại trường hợp này với lý do phù hợp.",
        f"Check the kind of vehicle. {error}",
    )
