"""What is asked once more before an act that cannot be undone, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

Pair = tuple[str, str]

Act = Literal[
    "decision",
    "enforcement",
    "record",
    "owner_liable",
    "annul_decision",
    "drop_dossier",
    "uphold_complaint",
    "place_transfer",
    "record_evasion",
    "postpone_fine",
    "remit_fine",
    "correct_age",
    "refuse_relief",
    "end_case",
    "seek_buyer",
    "refuse_objection",
    "driver_drove",
    "driver_did_not_drive",
    "data_corrected",
    "data_stands",
    "accept_complaint",
    "refuse_complaint",
    "reject_complaint",
    "transfer_case",
]


@dataclass(frozen=True, slots=True)
class Question:
    """The question, the button that says yes, and what follows from it."""

    title: Pair
    button: Pair
    follows: Pair
    signs: bool = True
    """Whether a paper goes out in the name of whoever says yes."""


_WARNED: Final = (
    "Quyết định phạt cảnh cáo, đứng tên bạn; không phải nộp tiền, và quyết định được gửi đi ngay.",
    "The decision, a warning, in your name; no money is owed, and the paper goes out at once.",
)
QUESTIONS: Final[Mapping[Act, Question]] = MappingProxyType(
    {
        "decision": Question(
            ("Ký quyết định xử phạt này?", "Sign this penalty decision?"),
            ("Đồng ý, ký quyết định xử phạt", "Yes, sign the penalty decision"),
            (
                (
                    "Quyết định xử phạt, đứng tên bạn; tiền phạt phải nộp kể từ lúc đó và quyết định"
                    " được gửi đi ngay."
                ),
                (
                    "The penalty decision, in your name; the fine is owed from then on, and the"
                    " paper goes out at once."
                ),
            ),
        ),
        "enforcement": Question(
            ("Ký quyết định cưỡng chế này?", "Sign this enforcement decision?"),
            ("Đồng ý, ký quyết định cưỡng chế", "Yes, sign the enforcement decision"),
            (
                "Quyết định cưỡng chế, đứng tên bạn; quyết định được gửi đi ngay.",
                "The enforcement decision, in your name; it goes out at once.",
            ),
        ),
        "record": Question(
            ("Lập biên bản này?", "Make the record?"),
            ("Đồng ý, lập biên bản", "Yes, make the record"),
            (
                "Biên bản vi phạm, đứng tên bạn, theo bản người vi phạm đã ký tại trụ sở.",
                "The record of violation, in your name, as signed at the station by the person liable.",
            ),
        ),
        "owner_liable": Question(
            ("Lập biên bản đối với chủ xe?", "Make the record against the owner?"),
            ("Đồng ý, lập biên bản đối với chủ xe", "Yes, make the record against the owner"),
            (
                "Biên bản vi phạm, đứng tên bạn, đối với chủ xe không trả lời.",
                "The record of violation, in your name, against an owner who gave no answer.",
            ),
        ),
        "annul_decision": Question(
            ("Hủy quyết định xử phạt này?", "Cancel this penalty decision?"),
            ("Đồng ý, hủy quyết định xử phạt", "Yes, cancel the penalty decision"),
            (
                "Quyết định hủy bỏ quyết định xử phạt, đứng tên bạn; tiền đã nộp phải được hoàn trả ngay.",
                "The decision that cancels the penalty, in your name; what was paid is owed back at once.",
            ),
        ),
        "drop_dossier": Question(
            ("Loại hồ sơ này?", "Drop this dossier?"),
            ("Đồng ý, loại hồ sơ", "Yes, drop the dossier"),
            (
                "Hồ sơ kết thúc tại đây, không xử phạt và không mở lại.",
                "The dossier ends here without a penalty and is not opened again.",
            ),
            signs=False,
        ),
        "uphold_complaint": Question(
            ("Công nhận khiếu nại đúng và hủy quyết định?", "Uphold the complaint and cancel the decision?"),
            ("Đồng ý, công nhận khiếu nại đúng", "Yes, uphold the complaint"),
            (
                (
                    "Văn bản giải quyết khiếu nại và quyết định hủy bỏ quyết định xử phạt, đứng tên"
                    " bạn; tiền đã nộp phải được hoàn trả ngay."
                ),
                (
                    "The answer to the complaint and the decision that cancels the penalty, in your"
                    " name; what was paid is owed back at once."
                ),
            ),
        ),
        "place_transfer": Question(
            ("Ghi khoản tiền này vào hồ sơ này?", "Put this money on this case?"),
            ("Đồng ý, ghi tiền vào hồ sơ", "Yes, put the money on the case"),
            (
                "Khoản tiền này thuộc hồ sơ này; ngày hạch toán theo ngân hàng.",
                "That the money belongs to this case; it is booked as of the day of the bank.",
            ),
        ),
        "record_evasion": Question(
            ("Ghi nhận hành vi cố tình trốn tránh?", "Record that somebody evaded on purpose?"),
            ("Đúng, ghi nhận hành vi trốn tránh", "Yes, record the evasion"),
            (
                (
                    "Người này đã cố tình trốn tránh, cản trở; thời hiệu được tính lại từ khi chấm"
                    " dứt hành vi đó."
                ),
                (
                    "That the person evaded or obstructed on purpose; the limitation counts anew"
                    " from the end of that."
                ),
            ),
        ),
        "postpone_fine": Question(
            (
                "Cho nộp sau hoặc nộp nhiều lần?",
                "Let the fine be paid later or in parts?",
            ),
            (
                "Đồng ý, ký quyết định",
                "Yes, sign the decision",
            ),
            (
                (
                    "Quyết định hoãn hoặc cho nộp nhiều lần, đứng tên bạn; hạn nộp được dời theo đó"
                    " và quyết định được gửi đi ngay."
                ),
                (
                    "The decision to defer the fine or to let it be paid in parts, in your name; the"
                    " time to pay moves with it, and the paper goes out at once."
                ),
            ),
        ),
        "remit_fine": Question(
            ("Giảm hoặc miễn tiền phạt này?", "Reduce or waive this fine?"),
            ("Đồng ý, ký quyết định giảm, miễn", "Yes, sign the decision"),
            (
                "Quyết định giảm, miễn tiền phạt, đứng tên bạn; phần đó không còn phải nộp nữa.",
                "The decision to reduce or waive the fine, in your name; that part is owed no more.",
            ),
        ),
        "correct_age": Question(
            ("Ghi tuổi này thay cho cơ sở dữ liệu?", "Hold this age instead of the register's?"),
            ("Đồng ý, giấy tờ là đúng", "Yes, the papers are right"),
            (
                "Tuổi theo giấy tờ mà cán bộ kia đã xem thay cho cơ sở dữ liệu; mức phạt tính theo đó.",
                "The age by the papers that the other officer saw stands; the fine follows from it.",
            ),
            signs=False,
        ),
        "refuse_relief": Question(
            (
                "Từ chối đề nghị này?",
                "Refuse this request?",
            ),
            (
                "Đồng ý, từ chối bằng văn bản",
                "Yes, refuse it in writing",
            ),
            (
                "Văn bản trả lời, đứng tên bạn, nêu lý do và cách khiếu nại; được gửi đi ngay.",
                (
                    "The written answer, in your name, with the reason and the way to complain; it"
                    " goes out at once."
                ),
            ),
        ),
        "end_case": Question(
            (
                "Chấp nhận ý kiến và kết thúc hồ sơ?",
                "Accept this and end the case?",
            ),
            (
                "Đồng ý, kết thúc hồ sơ",
                "Yes, end the case",
            ),
            (
                (
                    "Văn bản trả lời, đứng tên bạn, được gửi đi ngay; hồ sơ kết thúc, không xử phạt,"
                    " và không mở lại."
                ),
                (
                    "The written answer, in your name, goes out at once; the case ends without a"
                    " penalty and is not opened again."
                ),
            ),
        ),
        "seek_buyer": Question(
            (
                "Chấp nhận ý kiến và xác định lại chủ xe?",
                "Accept this and seek the owner again?",
            ),
            (
                "Đồng ý, xác định lại chủ xe",
                "Yes, seek the owner again",
            ),
            (
                (
                    "Văn bản trả lời, đứng tên bạn, được gửi đi ngay; chủ xe mới được tra cứu và"
                    " nhận thông báo riêng."
                ),
                (
                    "The written answer, in your name, goes out at once; the new owner is looked up"
                    " and gets a notice of his own."
                ),
            ),
        ),
        "refuse_objection": Question(
            (
                "Không chấp nhận ý kiến này?",
                "Refuse this objection?",
            ),
            (
                "Đồng ý, không chấp nhận",
                "Yes, refuse it",
            ),
            (
                "Văn bản trả lời, đứng tên bạn, được gửi đi ngay; hồ sơ tiếp tục với chủ xe.",
                ("The written answer, in your name, goes out at once; the case goes on with the owner."),
            ),
        ),
        "driver_drove": Question(
            (
                "Ghi nhận người được nêu tên đã lái xe?",
                "Hold that the person named drove?",
            ),
            (
                "Đồng ý, người này đã lái xe",
                "Yes, this person drove",
            ),
            (
                (
                    "Văn bản trả lời, đứng tên bạn, được gửi đi ngay; người đó thay chủ xe chịu"
                    " trách nhiệm trong hồ sơ."
                ),
                (
                    "The written answer, in your name, goes out at once; that person answers for the"
                    " case in the owner's place."
                ),
            ),
        ),
        "driver_did_not_drive": Question(
            (
                "Ghi nhận người được nêu tên không lái xe?",
                "Hold that the person named did not drive?",
            ),
            (
                "Đồng ý, người này không lái xe",
                "Yes, this person did not drive",
            ),
            (
                ("Văn bản trả lời, đứng tên bạn, được gửi đi ngay; chủ xe lại là người phải trả lời."),
                (
                    "The written answer, in your name, goes out at once; it is the owner again who"
                    " has to answer."
                ),
            ),
        ),
        "data_corrected": Question(
            (
                "Trả lời là dữ liệu đã được sửa?",
                "Answer that the data was corrected?",
            ),
            (
                "Đồng ý, gửi trả lời",
                "Yes, send the answer",
            ),
            (
                "Văn bản trả lời, đứng tên bạn, được gửi đi ngay.",
                "The written answer, in your name, goes out at once.",
            ),
        ),
        "data_stands": Question(
            (
                "Trả lời là dữ liệu không sai?",
                "Answer that the data is right?",
            ),
            (
                "Đồng ý, gửi trả lời",
                "Yes, send the answer",
            ),
            (
                "Văn bản trả lời, đứng tên bạn, được gửi đi ngay.",
                "The written answer, in your name, goes out at once.",
            ),
        ),
        "accept_complaint": Question(
            (
                "Thụ lý khiếu nại này?",
                "Accept this complaint for resolution?",
            ),
            (
                "Đồng ý, thụ lý",
                "Yes, accept it",
            ),
            (
                "Việc thụ lý, đứng tên bạn; thời hạn giải quyết bắt đầu từ hôm nay.",
                "That it is accepted, in your name; the time to resolve it begins today.",
            ),
        ),
        "refuse_complaint": Question(
            (
                "Không thụ lý khiếu nại này?",
                "Refuse to take this complaint up?",
            ),
            (
                "Đồng ý, không thụ lý",
                "Yes, refuse it",
            ),
            (
                ("Văn bản trả lời, đứng tên bạn, được gửi đi ngay, nêu cách khiếu nại tiếp hoặc khởi kiện."),
                (
                    "The written answer, in your name, goes out at once, with the way to complain"
                    " further or to go to court."
                ),
            ),
        ),
        "reject_complaint": Question(
            (
                "Kết luận khiếu nại không đúng?",
                "Reject this complaint?",
            ),
            (
                "Đồng ý, ký văn bản giải quyết",
                "Yes, sign the resolution",
            ),
            (
                (
                    "Văn bản trả lời, đứng tên bạn, được gửi đi ngay, nêu cách khiếu nại tiếp hoặc"
                    " khởi kiện; quyết định xử phạt giữ nguyên."
                ),
                (
                    "The written answer, in your name, goes out at once, with the way to complain"
                    " further or to go to court; the penalty decision stands."
                ),
            ),
        ),
        "transfer_case": Question(
            (
                "Chuyển hồ sơ này cho đơn vị khác?",
                "Hand this case over to another unit?",
            ),
            (
                "Đồng ý, chuyển hồ sơ",
                "Yes, hand it over",
            ),
            (
                (
                    "Phiếu chuyển, đứng tên bạn; toàn bộ hồ sơ và chứng cứ được gửi đi ngay và đơn"
                    " vị kia xử lý tiếp."
                ),
                (
                    "The transfer slip, in your name; the whole case with its evidence goes at once,"
                    " and the other unit goes on with it."
                ),
            ),
        ),
    }
)


def question_of(act: Act, *, warning: bool) -> Question:
    """What is asked before this act; `warning`: the decision is one, so nothing will be owed."""
    found = QUESTIONS[act]
    return replace(found, follows=_WARNED) if act == "decision" and warning else found
