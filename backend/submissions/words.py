"""An owner's words as they are typed, checked and sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.datastructures import FormData

from backend.errors import FieldError
from penalty.complaint import GROUND_NAMES
from penalty.remission import HARDSHIP_NAMES
from penalty.submissions import DENIAL_NAMES, REMISSIONS, SubmissionKind

LONGEST = 4000

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=LONGEST)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DriverNamed(_Form):
    """Who drove, and that the owner knows what a false name costs (Decree 168/2024 Art. 12.13)."""

    name: Line
    id_number: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    address: Line
    phone: Annotated[str, Field(pattern=r"^0[0-9]{9,10}$")] | None = None
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)] = ""
    truthful: Annotated[str, Field(pattern="^yes$")]


class ReliefAsked(_Form):
    """Why paying now is too hard. The confirmation comes as a picture."""

    text: Words


class InstalmentsAsked(ReliefAsked):
    """The same, and in how many parts (LHAV Art. 79: at most three)."""

    parts: Annotated[int, Field(ge=2, le=3)]


class Told(_Form):
    """Any other statement: what happened, in the owner's own words."""

    text: Words


_FORMS: Mapping[SubmissionKind, type[_Form]] = {
    SubmissionKind.DRIVER: DriverNamed,
    SubmissionKind.DEFERRAL: ReliefAsked,
    SubmissionKind.INSTALMENTS: InstalmentsAsked,
    **dict.fromkeys(REMISSIONS, ReliefAsked),
}

_SAYS: Mapping[str, tuple[str, str]] = {
    "name": ("Ghi họ tên người lái xe.", "Give the driver's full name."),
    "id_number": ("Số định danh có đúng 12 chữ số.", "The identification number has exactly 12 figures."),
    "address": ("Ghi nơi ở của người lái xe.", "Give the driver's address."),
    "phone": ("Số điện thoại bắt đầu bằng 0, có 10 hoặc 11 số.", "A telephone number begins with 0."),
    "truthful": ("Hãy đánh dấu để cam đoan điều bạn khai là đúng.", "Please tick that what you say is true."),
    "text": (
        f"Viết từ 10 đến {LONGEST} chữ cái để chúng tôi hiểu.",
        f"Please write between 10 and {LONGEST} characters, so that we understand.",
    ),
    "parts": ("Chọn nộp 2 lần hoặc 3 lần.", "Choose two parts or three."),
    "confirmation": ("Gửi ảnh giấy xác nhận khó khăn.", "Send a picture of the confirmation of hardship."),
    "grounds": ("Chọn ít nhất một lý do.", "Choose at least one reason."),
}


GROUNDS: Mapping[SubmissionKind, Mapping[str, tuple[str, str]]] = {
    SubmissionKind.COMPLAINT: {str(ground): words for ground, words in GROUND_NAMES.items()},
    SubmissionKind.NOT_DRIVING: {str(ground): words for ground, words in DENIAL_NAMES.items()},
    **{kind: {str(ground): words for ground, words in HARDSHIP_NAMES.items()} for kind in sorted(REMISSIONS)},
}
"""The reasons that a kind of statement chooses from; at least one is needed."""
GROUND_WORDS: Mapping[str, tuple[str, str]] = {
    ground: words for known in GROUNDS.values() for ground, words in known.items()
}


def grounds_in(kind: SubmissionKind, given: FormData) -> tuple[str, ...]:
    """The reasons that were ticked and exist."""
    known = GROUNDS.get(kind, {})
    return tuple(str(one) for one in given.getlist("grounds") if one in known)


def read_words(
    kind: SubmissionKind, form: Mapping[str, str], language: str
) -> tuple[BaseModel | None, list[FieldError]]:
    """The words of a form, or what is wrong with each field in the reader's language."""
    given = {name: value for name, value in form.items() if value.strip()}
    try:
        return _FORMS.get(kind, Told).model_validate(given), []
    except ValidationError as error:
        names = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
        return None, [field_fault(name, language) for name in names]


def field_fault(name: str, language: str) -> FieldError:
    """What to say about a field, in plain words."""
    vi, en = _SAYS[name]
    return FieldError(name, vi if language == "vi" else en)
