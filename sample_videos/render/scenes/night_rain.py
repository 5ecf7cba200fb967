"""The first clip's intersection at night in rain, seen closer: red light, amber, past the line."""

from __future__ import annotations

from sample_videos.render import layout as lo
from sample_videos.render.camera import Pinhole
from sample_videos.render.effects import Air
from sample_videos.render.kinematics import cruise, stop_and_go
from sample_videos.render.paths import Path, Ride
from sample_videos.render.people import party
from sample_videos.render.scenes.kit import COUPLE, SOLO, away, bike, car, passing
from sample_videos.render.spec import Claim, Junction, NearMiss, Scene, Zone

LINE_M = lo.STOP_LINE_S_M
START_M, END_M = 9.0, 79.0
LIMIT_KMH = 50
HEAD_M = (5.6, 32.5, 3.0)
RED_S = 8.5
PHASES = (("green", 0.0, 5.5), ("amber", 5.5, RED_S), ("red", RED_S, 19.0), ("green", 19.0, 22.0))
RAINCOAT = party("half_helmet", ponchos=True)
COATS = party("half_helmet", "half_helmet", ponchos=True)


def _at(x: float) -> Path:
    return away(x, START_M, END_M)


def _through() -> list[Ride]:
    left, right = lo.LANE_CENTRES_M
    fast = away(0.15, START_M, END_M)
    return [
        bike(1, "red", "61B170284", _at(2.3), passing(_at(2.3), 34, 0.9, LINE_M), RAINCOAT),
        car(1, "sedan", "silver", "61A95172", _at(left), passing(_at(left), 41, 1.9, LINE_M)),
        bike(2, "black", "61X127649", fast, passing(fast, 68, 3.93, LINE_M), SOLO, role="speeding"),
        car(2, "hatch", "yellow", "61E60827", _at(right), passing(_at(right), 40, 6.6, LINE_M), role="amber"),
        car(3, "suv", "white", "61K18365", _at(left), passing(_at(left), 46, 10.4, LINE_M), role="red_light"),
        bike(
            3,
            "crimson",
            "61S231905",
            _at(0.0),
            passing(_at(0.0), 31, 14.33, LINE_M),
            RAINCOAT,
            role="red_light",
        ),
    ]


def _waiting() -> list[Ride]:
    right = lo.LANE_CENTRES_M[1]
    over = stop_and_go(36, 27.2 - START_M, 12.2, 2.4, t_go=19.9, acc=1.7)
    edge = stop_and_go(32, 25.0 - START_M, 13.0, 2.2, t_go=19.6, acc=1.9)
    kerb = stop_and_go(31, 25.1 - START_M, 15.6, 2.2, t_go=19.5, acc=1.9)
    return [
        car(4, "sedan", "grey", "61G74051", _at(right), over, role="past_line"),
        bike(4, "teal", "61V150738", _at(-3.3), edge, COATS),
        bike(5, "silver", "61Y162973", _at(3.65), kerb, COUPLE),
    ]


def _crossing() -> list[Ride]:
    to_right = Path([(-34.0, 36.6), (34.0, 36.6)])
    to_left = Path([(34.0, 42.4), (-34.0, 42.4)])
    return [
        bike(6, "blue", "61F140627", to_left, cruise(27, 12.6, 34.0), RAINCOAT),
        car(5, "family", "navy", "61H52930", to_right, cruise(29, 17.0, 34.0)),
    ]


def _claims() -> tuple[Claim, ...]:
    return (
        Claim("moto2", "speeding", "speed_10_20", "speed"),
        Claim("car3", "red_light", "red_light"),
        Claim("moto3", "red_light", "red_light"),
    )


def _near_misses() -> tuple[NearMiss, ...]:
    return (
        NearMiss(
            "car2",
            "crossed_on_amber",
            "crosses the stop line a second after amber began, too late to stop",
            "qua vạch dừng một giây sau khi đèn chuyển vàng, không kịp dừng",
            "red_light",
        ),
        NearMiss(
            "car4",
            "stopped_past_line",
            "stops on red with the front wheels past the stop line and waits there",
            "dừng đèn đỏ với bánh trước quá vạch dừng và chờ tại đó",
            "red_light",
        ),
    )


def scene() -> Scene:
    """Return the scene."""
    return Scene(
        name="night_rain",
        camera_id="pnt-02",
        title="Phạm Ngọc Thạch 2",
        location="Phạm Ngọc Thạch, Thủ Dầu Một (cảnh dựng bằng máy tính / rendered scene)",
        seed=65,
        frames=275,
        camera=Pinhole((0.3, 11.0, 4.2), 12.6, 0.0, 1800.0, 1280, 720),
        street=Junction(HEAD_M),
        rides=(*_through(), *_waiting(), *_crossing()),
        claims=_claims(),
        near_misses=_near_misses(),
        marks=tuple(
            (x, y)
            for y in (21.0, 23.5, LINE_M, 31.4, 47.0, 60.0)
            for x in (-3.5, 0.0, 3.5)
            if abs(x) < 0.34 * (y - 11)
        ),
        poster_s=14.4,
        limit_kmh=LIMIT_KMH,
        phases=PHASES,
        stop_line=((-4.3, LINE_M), (4.3, LINE_M)),
        rules=("red_light", "speeding"),
        zones=(
            Zone("speed", ((-4.5, 22.0), (4.5, 22.0), (4.5, 58.0), (-4.5, 58.0)), {"section": "speed"}),
            Zone("trái / left", ((-3.5, 20.5), (0.0, 20.5), (0.0, 70.0), (-3.5, 70.0)), {"section": "lane"}),
            Zone("phải / right", ((0.0, 20.5), (3.5, 20.5), (3.5, 70.0), (0.0, 70.0)), {"section": "lane"}),
        ),
        weather="night_rain",
        air=Air(haze_per_m=0.006, haze_bgr=(40.0, 36.0, 34.0), rain=0.85, drops=0.0, noise=2.2, gamma=1.0),
        crf=25,
    )
