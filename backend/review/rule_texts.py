"""What each rule forbids, under which sign, and what to look for before confirming; from docs/rules.

The words are ours and shorten the law: article and band of the act stand beside them on the screen. Signs
and markings are those of QCVN 41:2024/BGTVT, their numbers read in secondary texts (to be confirmed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Words = tuple[str, str]


@dataclass(frozen=True)
class RuleText:
    """`sign` names a drawing in `review/_signs.html` (None: a rule without one); texts are (vi, en)."""

    sign: str | None
    sign_code: str
    law: str
    forbids: Words
    look_for: Words

    def law_in(self, language: str) -> str:
        """The law as this language cites it."""
        if language == "vi":
            return self.law
        return self.law.replace("Luật", "Law").replace("Đ.", "Art. ").replace("TT ", "Circular ")


_LAW = "Luật 36/2024/QH15"

RULE_TEXTS: Mapping[str, RuleText] = MappingProxyType(
    {
        "red_light": RuleText(
            "lights",
            "",
            f"{_LAW} Đ.11.4",
            ("Đèn đỏ cấm đi.", "Red forbids going on."),
            (
                "Vạch dừng, đèn của đúng làn và hướng đi; người điều khiển giao thông, xe ưu tiên.",
                "The stop line, the light of the very lane and way; a controller, a priority vehicle.",
            ),
        ),
        "speeding": RuleText(
            "speed",
            "P.127",
            f"{_LAW}; TT 38/2024/TT-BGTVT",
            ("Không chạy quá tốc độ ghi trên biển.", "No faster than the sign says."),
            (
                "Chứng nhận thiết bị còn hiệu lực; xe khác che hoặc đi song song.",
                "A certificate in force; another vehicle in front or beside.",
            ),
        ),
        "average_speed": RuleText(
            "speed",
            "P.127",
            f"{_LAW}; TT 38/2024/TT-BGTVT",
            ("Không chạy quá tốc độ trên đoạn đường.", "No faster than allowed over the section."),
            ("Cùng một xe ở hai cổng.", "The same vehicle at both gates."),
        ),
        "wrong_way": RuleText(
            "no_entry",
            "P.102, I.407a",
            _LAW,
            ("Không đi ngược chiều đường một chiều.", "Not against a one-way road."),
            ("Lùi xe, dắt xe, tránh sự cố.", "Reversing, pushing a motorbike, avoiding an accident."),
        ),
        "wrong_lane": RuleText(
            "lanes",
            "R.411, R.412, R.415",
            _LAW,
            ("Đi đúng làn dành cho loại xe và hướng đi.", "Use the lane for this vehicle and way."),
            ("Tránh chướng ngại, nhường xe ưu tiên.", "An obstacle, giving way to a priority vehicle."),
        ),
        "lane_line": RuleText(
            "solid_line",
            "1.2, 1.3, 2.2",
            _LAW,
            ("Không vượt qua vạch liền.", "Not across a continuous line."),
            ("Vạch còn rõ; tránh chướng ngại.", "The line is plain; an obstacle."),
        ),
        "no_entry": RuleText(
            "closed",
            "P.101, P.103–P.107",
            _LAW,
            ("Không đi vào đường cấm, giờ cấm.", "Not into a closed road, nor in its closed hours."),
            ("Giấy phép, xe ưu tiên, giờ trên biển phụ.", "A permit, a priority vehicle, the hours."),
        ),
        "illegal_turn": RuleText(
            "no_turn",
            "P.123a, P.123b",
            _LAW,
            ("Không rẽ nơi có biển cấm rẽ.", "No turn where the sign forbids it."),
            ("Biển áp dụng cho loại xe và giờ này.", "The sign binds this vehicle at this hour."),
        ),
        "u_turn": RuleText(
            "no_u_turn",
            "P.124a–P.124d",
            _LAW,
            ("Không quay đầu nơi có biển cấm.", "No U-turn where the sign forbids it."),
            ("Hiệu lệnh của người điều khiển giao thông.", "The signals of a traffic controller."),
        ),
        "stopping": RuleText(
            "no_stopping",
            "P.130",
            f"{_LAW} Đ.18",
            ("Không dừng, đỗ nơi có biển cấm.", "No stopping where the sign forbids it."),
            ("Hỏng xe, hàng xe chờ, hiệu lệnh.", "A breakdown, a queue, signals."),
        ),
        "parking": RuleText(
            "no_parking",
            "P.131, P.130",
            f"{_LAW} Đ.18",
            ("Không đỗ nơi có biển cấm.", "No parking where the sign forbids it."),
            ("Hỏng xe, đón trả khách ngắn.", "A breakdown, a short stop for passengers."),
        ),
        "emergency_lane": RuleText(
            "emergency",
            "",
            _LAW,
            ("Không chạy trong làn dừng khẩn cấp.", "Not in the emergency lane."),
            ("Xe hỏng, xe ưu tiên, cấp cứu.", "A breakdown, a priority vehicle, an emergency."),
        ),
        "blocking": RuleText(
            "crossing",
            "",
            f"{_LAW} Đ.18",
            (
                "Không dừng trong nút giao, trên lối qua đường.",
                "No stopping in a junction or on a crosswalk.",
            ),
            ("Ùn tắc phía trước, người đi bộ.", "A jam ahead, people crossing."),
        ),
        "helmet": RuleText(
            "helmet",
            "",
            f"{_LAW} Đ.33",
            ("Người lái phải đội mũ bảo hiểm.", "The rider wears a helmet."),
            ("Khăn, mũ vải, tóc không phải mũ bảo hiểm.", "A scarf or a cap is no helmet."),
        ),
        "passenger_helmet": RuleText(
            "helmet",
            "",
            f"{_LAW} Đ.33",
            ("Người được chở phải đội mũ bảo hiểm.", "Who is carried wears a helmet."),
            ("Trẻ dưới 6 tuổi, cấp cứu, áp giải.", "A child under 6, an emergency, an escort."),
        ),
        "too_many_riders": RuleText(
            "riders",
            "",
            f"{_LAW} Đ.33",
            ("Chỉ chở một người.", "One passenger only."),
            (
                "Cấp cứu, trẻ dưới 12 tuổi, người già yếu, người khuyết tật, áp giải.",
                "An emergency, a child under 12, a frail or disabled person, an escort.",
            ),
        ),
    }
)
