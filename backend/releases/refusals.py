"""Every reason why something about releases is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.cameras.refusals import NOTE_LEAST, note_needed
from backend.cameras.why import not_a_release, words
from backend.errors import FieldError, Problem, not_found
from edge.bundle import BundleError

WHY_NOT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not_approved": ("chưa được duyệt", "is not approved"),
        "silent": ("đang mất liên lạc", "is silent"),
        "takes_none": (
            "không nhận bản phát hành (chạy không qua trình khởi động, hoặc chưa có khóa)",
            "takes no releases (it runs without the launcher, or knows no key)",
        ),
        "on_trial": ("đang thử một phiên bản", "has a version on trial"),
        "runs_it": ("đã chạy phiên bản này", "runs this version already"),
        "no_number": (
            "chạy phiên bản không có số dạng 1.2.3, nên sẽ không quay về được",
            "runs a version without a number such as 1.2.3, so it could not go back to it",
        ),
        "rolling": ("đang trong một đợt triển khai khác", "is part of a roll-out that is still running"),
    }
)
"""Why a box cannot be part of a roll-out now, in both languages."""


def no_release() -> Problem:
    return not_found("Không có bản phát hành này", "There is no such release")


def no_roll_out() -> Problem:
    return not_found("Không có đợt triển khai này", "There is no such roll-out")


def no_keys() -> Problem:
    return Problem(
        409,
        "no_release_keys",
        "Máy chủ chưa biết khóa ký bản phát hành nào",
        "This server knows no key that releases are signed with",
        "Đặt RELEASE_PUBLIC_KEYS bằng khóa công khai mà `phatnguoi release key` in ra.",
        "Set RELEASE_PUBLIC_KEYS to the public key that `phatnguoi release key` prints.",
    )


def bundle_refused(error: BundleError) -> Problem:
    vi, en = (one[:1].upper() + one[1:] for one in words(not_a_release(error.reason)))
    return Problem(
        422,
        f"release_{error.code}",
        "Không nhận bản phát hành này",
        "This release is refused",
        f"{vi}. Chưa có gì thay đổi.",
        f"{en}. Nothing was changed.",
        errors=(FieldError("file", en, words=(vi, en)),),
    )


def contract_unknown(said: str, taken: str) -> Problem:
    return Problem(
        422,
        "release_contract",
        "Bản phát hành này không nói chuyện được với máy chủ",
        "This release does not speak with this server",
        f"Nó gửi {said}, máy chủ cần {taken}. Hãy dùng bản phát hành mới hơn, hoặc nâng cấp máy chủ trước.",
        f"It sends {said}, the server needs {taken}. Use a newer release, or update the server first.",
    )


def version_taken(version: str) -> Problem:
    return Problem(
        409,
        "release_known",
        "Đã có một bản phát hành khác mang số này",
        "Another release has this number already",
        f"{version}: mỗi số chỉ dùng một lần; hãy đóng gói lại với số mới.",
        f"{version}: a number is used once; make it again under a new one.",
    )


def no_box() -> Problem:
    return Problem(
        409,
        "no_box_can",
        "Không có hộp nào nhận được bản này lúc này",
        "No box can take this release now",
        "Xem lý do của từng hộp trên trang bản phát hành.",
        "The page of the release says why, box by box.",
    )


def box_cannot(device_id: str, why: str) -> Problem:
    vi, en = WHY_NOT[why]
    return Problem(
        409,
        "box_cannot",
        "Hộp này chưa nhận được bản phát hành",
        "This box cannot take the release now",
        f"{device_id} {vi}.",
        f"{device_id} {en}.",
    )


def check_note(note: str) -> str:
    """The reason, trimmed. Raises Problem 422 for one that says nothing."""
    if len(note.strip()) < NOTE_LEAST:
        raise note_needed()
    return note.strip()


def not_ordered(device_id: str) -> Problem:
    return Problem(
        403,
        "release_not_ordered",
        "Hộp này không được giao bản phát hành này",
        "This box was not ordered to take this release",
        f"{device_id}: chỉ hộp trong đợt triển khai mới được tải.",
        f"{device_id}: only boxes of a roll-out may fetch it.",
    )
