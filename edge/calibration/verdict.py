"""What a calibration may be used for, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from edge.report import Reason
from edge.rules.numbers import vi
from edge.scene_file import Calibration

GOOD_FOR_SPEED: Final = 0.01
WORST_FOR_SPEED: Final = 0.03
WORST_FOR_PLACES: Final = 0.15
_HEIGHTS_DIFFER: Final = 0.1


@dataclass(frozen=True, slots=True)
class Verdict:
    """`speed` and `places`: whether speeds may be measured, and whether lines and zones judged."""

    speed: bool
    places: bool
    words: tuple[Reason, ...]


def judged(calibration: Calibration, length_error: float, *, shown_height_m: float | None) -> Verdict:
    """What these numbers allow.

    Args:
        calibration: as it would stand in the camera file.
        length_error: relative standard error of a length over the marked stretch.
        shown_height_m: how high the camera hangs by the picture alone, where that was found.
    """
    words = [_lengths(length_error)]
    measured_m = calibration.camera_height_m
    if measured_m and shown_height_m and abs(shown_height_m / measured_m - 1) > _HEIGHTS_DIFFER:
        words.append(
            Reason(
                vi=f"Theo các điểm đã đánh dấu, máy quay cao {vi(shown_height_m)} m, nhưng đã ghi "
                f"{vi(measured_m)} m: hãy đo lại độ cao hoặc kiểm tra các điểm.",
                en=f"By the marks the camera hangs {shown_height_m:.1f} m high, but {measured_m:.1f} m was "
                "given: measure the height again, or check the marks.",
            )
        )
    surveyed = calibration.quality == "surveyed"
    places = length_error <= WORST_FOR_PLACES
    speed = surveyed and length_error <= WORST_FOR_SPEED
    words.append(_use(surveyed=surveyed, speed=speed, places=places, length_error=length_error))
    return Verdict(speed, places, tuple(words))


def _lengths(length_error: float) -> Reason:
    share = 100 * 1.96 * length_error
    return Reason(
        vi=f"Chiều dài trên mặt đường sai không quá {vi(share)} % (độ tin cậy 95 %).",
        en=f"Lengths on the road are right within {share:.1f} % (95 % confidence).",
    )


def _use(*, surveyed: bool, speed: bool, places: bool, length_error: float) -> Reason:
    if not places:
        return Reason(
            vi="Không dùng được để xử lý vi phạm nào: hãy đánh dấu thêm.",
            en="Not fit for any rule: mark more.",
        )
    if not surveyed:
        return Reason(
            vi="Ước lượng: dùng được cho đèn đỏ, làn đường và vùng cấm; không dùng để đo tốc độ, vì không có "
            "gì được đo trên mặt đường.",
            en="Estimated: fit for red light, lanes and zones; not for speed, because nothing was measured "
            "on the road.",
        )
    if not speed:
        return Reason(
            vi="Dùng được cho đèn đỏ, làn đường và vùng cấm; chưa đủ chính xác để đo tốc độ: hãy đo thêm các "
            "điểm, ở gần và ở xa.",
            en="Fit for red light, lanes and zones; not exact enough for speed: measure more points, near "
            "and far.",
        )
    if length_error > GOOD_FOR_SPEED:
        return Reason(
            vi="Đo được tốc độ, nhưng khoảng đo rộng: người chỉ vượt một ít sẽ không bị phát hiện.",
            en="Fit for speed, but with a wide interval: who is only a little too fast will not be found.",
        )
    return Reason(vi="Đo được tốc độ.", en="Fit for speed.")
