"""What the rules about riders say to people."""

from __future__ import annotations

from typing import Final

from edge.report import Reason
from edge.rules.numbers import vi

_DRIVER: Final = (
    "Người điều khiển xe mô tô, xe gắn máy không đội mũ bảo hiểm.",
    "The rider of the motorbike wears no helmet.",
)
_PASSENGER: Final = (
    "Chở người không đội mũ bảo hiểm.",
    "The rider carries somebody who wears no helmet.",
)
_NO_HELMET_CHECKS: Final = Reason(
    vi="Người duyệt cần xem ảnh: người được chở là trẻ dưới 6 tuổi, người bệnh đi cấp cứu hoặc người bị áp "
    "giải thì không vi phạm; quai mũ không nhìn thấy được nên không xét.",
    en="The officer must look: a passenger who is a child under 6, a patient in an emergency or somebody "
    "escorted is no offence; whether a strap is fastened cannot be seen and is not judged.",
)
_TWO_CHECKS: Final = Reason(
    vi="Người duyệt cần xem ảnh: chở người bệnh đi cấp cứu, trẻ dưới 12 tuổi, người già yếu, người khuyết "
    "tật hoặc người bị áp giải thì không vi phạm.",
    en="The officer must look: it is no offence to carry a patient in an emergency, a child under 12, a "
    "frail or disabled person, or somebody escorted.",
)


def bare_words(*, passenger: bool, looks: int, chance: float, head_px: float) -> tuple[Reason, ...]:
    """Why somebody is accused of riding, or carrying, without a helmet."""
    done, percent = _PASSENGER if passenger else _DRIVER, 100 * chance
    made = [
        Reason(vi=done[0], en=done[1]),
        Reason(
            vi=f"Cả {looks} lần nhìn gần đều thấy như vậy, mức chắc chắn trung vị {vi(percent)} %, đầu cao "
            f"{head_px:.0f} điểm ảnh.",
            en=f"All {looks} near looks say so, half of them at {percent:.1f} % or more; the head is "
            f"{head_px:.0f} px tall.",
        ),
    ]
    if passenger:
        made.append(_NO_HELMET_CHECKS)
    return tuple(made)


def crowd_words(people: int, looks: int) -> tuple[Reason, ...]:
    """Why somebody is accused of carrying too many."""
    made = [
        Reason(
            vi=f"Trên xe có {people} người (kể cả người lái); {looks} lần nhìn gần đều đếm như vậy.",
            en=f"{people} people are on the motorbike, the rider included; {looks} near looks counted so.",
        )
    ]
    if people == 3:  # noqa: PLR2004 - for four there is no exception in the decree
        made.append(_TWO_CHECKS)
    return tuple(made)


WHY: Final[dict[str, tuple[str, str]]] = {
    "too_few_looks": (
        "Quá ít lần nhìn gần để kết luận.",
        "Too few near looks to conclude anything.",
    ),
    "not_sure": (
        "Các lần nhìn không đủ chắc chắn hoặc không thống nhất.",
        "The looks are not sure enough, or do not agree.",
    ),
    "people_unclear": (
        "Không chắc trên xe có mấy người: có thể còn người bị khuất.",
        "It is not certain how many ride: somebody may be hidden.",
    ),
    "who_is_bare": (
        "Có người không đội mũ nhưng không phân biệt được người lái với người ngồi sau.",
        "Somebody wears no helmet, but the rider cannot be told from the passenger.",
    ),
    "maybe_child": (
        "Một người thấp hơn hẳn: có thể là trẻ em được miễn.",
        "One of them is much lower: it may be a child, who is exempt.",
    ),
    "no_pictures": (
        "Không có đủ ba ảnh gần đây chứng minh.",
        "There are no three recent pictures to prove it.",
    ),
}
