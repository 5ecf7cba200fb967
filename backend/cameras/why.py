"""Why a roll-out was stopped: a code with what it is about, told in both languages. Pure.

A box has words of its own (a file it refuses, a release it did not keep). They are shown as they came, and
named as the box's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from backend.operations.words import CONDITION_NAMES
from edge.release_reasons import WORDS as SAID_BY_A_BOX
from edge.release_reasons import Reason
from edge.upkeep import ReleaseFailure

Code = Literal[
    "operator", "refused", "not_kept", "not_taken", "condition", "no_version", "other_version", "slow",
    "reports_wait", "not_confirmed", "ended_early", "ended_often", "begun_often", "files_gone", "not_begun",
    "self_test_failed", "self_test_slow", "not_here", "older", "other_release", "other_outbox",
    "needs_python", "calls_itself", "not_a_bundle", "part_missing", "bad_signature", "wrong_manifest",
    "other_files", "part_changed", "part_unreadable", "part_too_large", "part_misplaced", "too_many_files",
    "odd_packing", "sentence",
]  # fmt: skip
_BY_THE_SERVER: Final[Mapping[Code, tuple[str, str]]] = {
    "operator": ("Người vận hành dừng", "Stopped by an operator"),
    "refused": ("hộp từ chối", "refused by the box"),
    "not_kept": ("hộp không giữ bản mới", "the box did not keep it"),
    "not_taken": ("không nhận trong {within_s} giây", "not taken over within {within_s} s"),
    "condition": ("{condition_vi}", "{condition_en}"),
    "no_version": ("không cho biết đang chạy phiên bản nào", "says nothing of its version"),
    "other_version": ("đang chạy {version}", "runs {version}"),
    "slow": ("{now} hình mỗi giây, trước đó {before}", "{now} pictures a second, {before} before"),
    "reports_wait": ("{now} báo cáo chưa gửi được, trước đó {before}", "{now} reports wait, {before} before"),
}
_DAMAGED: Final = "bản phát hành bị hỏng hoặc bị sửa: "
_BY_A_BOX: Final[Mapping[Code, str]] = {
    "not_confirmed": "không được xác nhận trong {within_s} giây",
    "ended_early": "tự dừng với mã {exit_code} sau {ran_s} giây, trước khi được xác nhận",
    "ended_often": "tự dừng {times} lần trong vòng {within_s} giây sau khi khởi động, mã {exit_code}",
    "begun_often": "khởi động {times} lần mà chưa được xác nhận: có thể do mất điện",
    "files_gone": "tệp không còn trên đĩa",
    "not_begun": "không khởi động được: tệp không còn, hoặc đĩa đầy",
    "self_test_failed": "tự kiểm tra không đạt, mã {exit_code}",
    "self_test_slow": "tự kiểm tra không xong trong {within_s} giây",
    "not_here": "{wanted} không còn trên hộp, và không có gì để tải về",
    "older": "{wanted} cũ hơn {found}, bản được cài sẵn trên hộp",
    "other_release": "tệp nhận được là bản {found}, bản được yêu cầu là {wanted}",
    "other_outbox": "hàng chờ gửi của bản này có dạng {wanted}, trên hộp là {found}: báo cáo sẽ mất",
    "needs_python": "bản này cần Python {wanted}, hộp có {found}",
    "calls_itself": "bản này tự xưng là {found}, bản được yêu cầu là {wanted}",
    "not_a_bundle": "tệp này không phải là bản phát hành (zip có manifest.json)",
    "part_missing": "tệp này không phải là bản phát hành: thiếu {name}",
    "bad_signature": "chữ ký của bản phát hành không đúng, hoặc khóa ký không được tin cậy ở đây",
    "wrong_manifest": "chương trình này không đọc được bản kê: {times} lỗi",
    "other_files": _DAMAGED + "có tệp ngoài bản kê hoặc thiếu tệp",
    "part_changed": f"{_DAMAGED}{{name}} không đúng như khi ký",
    "part_unreadable": f"{_DAMAGED}không đọc được {{name}}",
    "part_too_large": f"{_DAMAGED}{{name}} quá lớn",
    "part_misplaced": f"{_DAMAGED}{{name}} không phải là chỗ trong app/",
    "too_many_files": f"{_DAMAGED}{{times}} tệp là quá nhiều",
    "odd_packing": _DAMAGED + "nén theo cách mà bản phát hành không dùng",
}
"""The Vietnamese for what a box says of a release that it did not take or keep; the English is its own
(`edge.release_reasons`)."""
_WORDS: Final[Mapping[Code, tuple[str, str]]] = MappingProxyType(
    {**_BY_THE_SERVER, **{code: (said, SAID_BY_A_BOX[code]) for code, said in _BY_A_BOX.items()}}
)


class Why(BaseModel):
    """Why one thing failed, or a person stopped it all.

    `subject`: the camera or box of the step; `camera`: the camera of that box. `now`, `before`: pictures a
    second, or reports. `after_s`: since it took the new one over. `wanted`, `found`: versions or formats;
    `name`: a file of the release. `said`: the box's own words. `sentence` is what was written before there
    were codes, in `said` and `said_vi`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    subject: str = ""
    camera: str = ""
    condition: str = ""
    version: str = ""
    now: float | None = None
    before: float | None = None
    within_s: int | None = None
    after_s: int | None = None
    exit_code: int | None = None
    ran_s: int | None = None
    times: int | None = None
    wanted: str = ""
    found: str = ""
    name: str = ""
    said: str = ""
    said_vi: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        """As a row keeps it."""
        return self.model_dump(exclude_defaults=True)


def why_of(stored: Mapping[str, Any] | None) -> Why | None:
    """What a row keeps; None where nothing failed."""
    return Why.model_validate(stored) if stored else None


def not_kept(failure: ReleaseFailure) -> Why:
    """Why a box did not keep a release: its code, or the words of one that has no code for it."""
    reason = failure.reason
    if reason is None or reason.code not in _BY_A_BOX:
        return Why(code="not_kept", said=failure.why)
    return Why.model_validate(reason.model_dump(exclude_none=True))


def not_a_release(reason: Reason) -> Why:
    """Why this server does not take a file as a release, in the words that a box would use."""
    known = {name: value for name, value in asdict(reason).items() if value is not None and name != "said"}
    return Why.model_validate(known)


def words(why: Why | None) -> tuple[str, str]:
    """Vietnamese and English: `cam-a: silent, 26 s after taking it over`. Both empty where nothing failed."""
    if why is None:
        return "", ""
    if why.code == "sentence":
        return why.said_vi or why.said, why.said
    about = "".join(f"{one}: " for one in (why.subject, why.camera) if one)
    names = CONDITION_NAMES.get(why.condition, (why.condition, why.condition))
    values = {
        **why.model_dump(),
        "condition_vi": _inside(names[0]),
        "condition_en": _inside(names[1]),
        "now": _number(why, why.now),
        "before": _number(why, why.before),
    }
    vi, en = (about + one.format_map(values) for one in _WORDS[why.code])
    if why.after_s is not None:
        vi, en = f"{vi}, {why.after_s} giây sau khi nhận", f"{en}, {why.after_s} s after taking it over"
    if why.said:
        said_vi, said_en = _said_by_box(why.said)
        vi, en = f"{vi}. {said_vi}", f"{en}. {said_en}"
    return vi, en


def _said_by_box(text: str) -> tuple[str, str]:
    """A box's own words, marked as such."""
    return f"Hộp báo: “{text}”", f"The box says: “{text}”"


def _inside(name: str) -> str:
    return name[:1].lower() + name[1:]


def _number(why: Why, value: float | None) -> str:
    return "" if value is None else f"{value:.0f}" if why.code == "reports_wait" else f"{value:.1f}"
