"""What the review says to an officer in plain words, in both languages. Pure functions of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edge.report import Measure

Words = tuple[str, str]


@dataclass(frozen=True)
class RejectReason:
    """Why a report is thrown out. `needs_note`: the officer must say more."""

    code: str
    vi: str
    en: str
    needs_note: bool = False


REJECT_REASONS: tuple[RejectReason, ...] = (
    RejectReason("plate_unreadable", "Không đọc được biển số", "The plate cannot be read"),
    RejectReason("no_violation", "Hình ảnh không cho thấy hành vi vi phạm", "The pictures show no violation"),
    RejectReason("no_vehicle", "Máy nhận nhầm, không có xe", "There is no vehicle: the machine is mistaken"),
    RejectReason("wrong_vehicle", "Đánh dấu nhầm xe khác", "The wrong vehicle is marked"),
    RejectReason("signal_not_visible", "Không thấy rõ tín hiệu đèn", "The signal cannot be seen clearly"),
    RejectReason(
        "evidence_poor", "Ảnh, video không đủ rõ làm căn cứ", "Pictures or video are not clear enough"
    ),
    RejectReason("priority_vehicle", "Xe ưu tiên đang làm nhiệm vụ", "A priority vehicle on duty"),
    RejectReason(
        "directed_by_police",
        "Đi theo hiệu lệnh của người điều khiển giao thông",
        "Followed the hand signals of a traffic controller",
    ),
    RejectReason(
        "gave_way_to_priority",
        "Nhường đường cho xe ưu tiên",
        "Gave way to a priority vehicle",
        needs_note=True,
    ),
    RejectReason(
        "camera_fault", "Camera, đồng hồ hoặc đèn bị lỗi", "Camera, clock or signal fault", needs_note=True
    ),
    RejectReason("duplicate", "Trùng với hồ sơ khác", "The same case as another", needs_note=True),
    RejectReason("other", "Lý do khác", "Another reason", needs_note=True),
)
REJECT_BY_CODE: Mapping[str, RejectReason] = MappingProxyType(
    {reason.code: reason for reason in REJECT_REASONS}
)

RULE_NAMES: Mapping[str, Words] = MappingProxyType(
    {
        "red_light": ("Vượt đèn đỏ", "Ran a red light"),
        "speeding": ("Chạy quá tốc độ", "Speeding"),
        "average_speed": ("Quá tốc độ trung bình", "Average speed too high"),
        "wrong_way": ("Đi ngược chiều", "Drove the wrong way"),
        "wrong_lane": ("Đi sai làn đường", "Wrong lane"),
        "lane_line": ("Đè vạch liền", "Crossed a solid line"),
        "no_entry": ("Đi vào đường cấm", "Entered a closed road"),
        "illegal_turn": ("Rẽ nơi cấm rẽ", "Turned where it is forbidden"),
        "u_turn": ("Quay đầu nơi cấm", "Made a forbidden U-turn"),
        "stopping": ("Dừng xe nơi cấm", "Stopped where it is forbidden"),
        "parking": ("Đỗ xe nơi cấm", "Parked where it is forbidden"),
        "emergency_lane": ("Chạy vào làn khẩn cấp", "Drove in the emergency lane"),
        "blocking": ("Dừng trong nút giao, lối qua đường", "Blocked a junction or crossing"),
        "helmet": ("Không đội mũ bảo hiểm", "Rider without a helmet"),
        "passenger_helmet": ("Chở người không đội mũ bảo hiểm", "Passenger without a helmet"),
        "too_many_riders": ("Chở quá số người", "Too many on a motorbike"),
    }
)
ROLE_NAMES: Mapping[str, Words] = MappingProxyType(
    {
        "still_before": ("Trước", "Before"),
        "still_at": ("Lúc vi phạm", "At the moment"),
        "still_after": ("Sau", "After"),
        "clip": ("Video", "Video"),
        "plate_crop": ("Ảnh biển số", "Plate picture"),
        "masked_before": ("Trước, đã che", "Before, masked"),
        "masked_at": ("Lúc vi phạm, đã che", "At the moment, masked"),
        "masked_after": ("Sau, đã che", "After, masked"),
        "masked_clip": ("Video đã che", "Masked video"),
        "drawing": ("Bản vẽ số đo", "Drawing"),
    }
)
ACT_NAMES: Mapping[str, Words] = MappingProxyType(
    {
        "claimed": ("Nhận duyệt", "Took it up"),
        "released": ("Trả lại hàng đợi", "Gave it back"),
        "corrected": ("Sửa thông tin xe", "Corrected the vehicle"),
        "confirmed": ("Xác nhận vi phạm", "Confirmed the violation"),
        "rejected": ("Loại bỏ", "Rejected it"),
    }
)
CLOCK_NAMES: Mapping[str, Words] = MappingProxyType(
    {
        "camera": ("đồng hồ của camera", "the camera's clock"),
        "host": ("đồng hồ của hộp xử lý (đồng bộ mạng)", "the box's clock (set by the network)"),
        "file": ("thời gian ghi trong tệp video", "the time written in the video file"),
    }
)
_MEASURE_NAMES: Mapping[str, Words] = MappingProxyType(
    {
        "speed": ("Tốc độ đo được", "Measured speed"),
        "speed_at_line": ("Tốc độ khi qua vạch dừng", "Speed at the stop line"),
        "past_line": ("Đi quá vạch dừng", "Went past the stop line by"),
        "red_before_entry": ("Đèn đã đỏ trước khi xe tới vạch", "Red before the vehicle reached the line"),
        "against_way": ("Đi ngược chiều", "Driven against the direction"),
        "against_speed": ("Tốc độ khi đi ngược chiều", "Speed against the direction"),
        "wrong_lane_way": ("Đi trong làn không được phép", "Driven in a lane not for this vehicle"),
        "wrong_lane_time": ("Thời gian trong làn không được phép", "Time in a lane not for this vehicle"),
        "shoulder_way": ("Chạy trong làn dừng khẩn cấp", "Driven in the emergency lane"),
        "shoulder_speed": ("Tốc độ trong làn dừng khẩn cấp", "Speed in the emergency lane"),
        "over_line": ("Vượt qua vạch liền", "Went past the continuous line by"),
        "inside_way": ("Đi trong đường cấm", "Driven inside the closed road"),
        "turned": ("Góc đổi hướng", "Turned by"),
        "turn_time": ("Thời gian rẽ", "Time the turn took"),
        "stood_unexcused": ("Đứng yên không có lý do", "Stood with nothing to excuse it"),
        "stood": ("Đứng yên tất cả", "Stood in all"),
        "speed_standing": ("Tốc độ trong lúc đứng", "Speed while it stood"),
        "inside_zone": ("Phần xe nằm trong khu vực", "Share of the vehicle inside the zone"),
        "bare_looks": ("Số lần nhìn thấy không đội mũ", "Looks that see no helmet"),
        "bare_chance": ("Mức chắc chắn không đội mũ", "How sure the looks are of no helmet"),
        "people": ("Số người trên xe", "People on the motorbike"),
        "crowded_looks": ("Số lần nhìn thấy từ ba người", "Looks that count three or more"),
    }
)


def name_of(names: Mapping[str, Words], key: str, language: str) -> str:
    """The name in this language; the bare key where there is none."""
    words = names.get(key)
    return key if words is None else words[0 if language == "vi" else 1]


@dataclass(frozen=True)
class MeasureLine:
    """One measured value as a person reads it. `held` is the bound that counts, where there is a limit."""

    name: str
    value: str
    sentence: str
    over_limit: bool


def measure_line(measure: Measure, language: str) -> MeasureLine:
    """The value, its 95 % interval, and which end of it is held against the driver."""
    unit = "\N{NO-BREAK SPACE}" + _unit(measure.unit, language)
    value, low, high = (_number(x, language) for x in (measure.value, measure.lower_95, measure.upper_95))
    if language == "vi":
        sentence = f"Chắc chắn 95 %: từ {low} đến {high}{unit}."
    else:
        sentence = f"95 % sure: between {low} and {high}{unit}."
    if measure.limit is not None:
        sentence += " " + _against_limit(measure, low, unit, language)
    return MeasureLine(
        name=name_of(_MEASURE_NAMES, measure.name, language),
        value=f"{value}{unit}",
        sentence=sentence,
        over_limit=measure.limit is not None and measure.lower_95 > measure.limit,
    )


def _against_limit(measure: Measure, low: str, unit: str, language: str) -> str:
    if not measure.limit:
        return f"Chỉ tính mức thấp nhất {low}{unit}." if language == "vi" else f"Only {low}{unit} counts."
    limit = _number(measure.limit, language)
    if language == "vi":
        name = "Tốc độ cho phép" if measure.unit == "km/h" else "Ngưỡng"
        return f"{name} {limit}{unit}; chỉ tính mức thấp nhất {low}{unit}."
    name = "The limit is" if measure.unit == "km/h" else "The threshold is"
    return f"{name} {limit}{unit}; only the lowest value, {low}{unit}, counts."


def _unit(unit: str, language: str) -> str:
    return {"s": "giây"}.get(unit, unit) if language == "vi" else unit


def _number(value: float, language: str) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language == "vi" else text
