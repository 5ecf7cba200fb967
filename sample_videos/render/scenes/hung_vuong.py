"""Hung Vuong road by day: two carriageways with a median, 60 km/h; speeding and wrong way."""

from __future__ import annotations

from sample_videos.render.camera import Pinhole
from sample_videos.render.kinematics import Motion
from sample_videos.render.paths import Ride, along
from sample_videos.render.scenes.kit import COUPLE, away, bike, car, passing, towards
from sample_videos.render.spec import Boulevard, Claim, Line, NearMiss, Scene, Sign, Zone

LIMIT_KMH = 60
KERB_M, EDGE_M, LANE_M = 7.7, 0.75, 4.2
FAST_ZONE_Y_M = (14.0, 44.0)


def _street() -> Boulevard:
    lines = [Line(side * 7.35, -10.0, 120.0) for side in (-1, 1)]
    lines += [Line(side * (EDGE_M + 0.25), -10.0, 120.0, yellow=True) for side in (-1, 1)]
    lines += [Line(side * LANE_M, -10.0, 120.0, dashed=True) for side in (-1, 1)]
    return Boulevard(
        kerbs_m=(-KERB_M, KERB_M),
        islands=((-EDGE_M, EDGE_M, -10.0, 120.0),),
        lines=tuple(lines),
        arrows=((2.5, 15.0, True), (5.8, 15.0, True), (-2.5, 19.2, False), (-5.8, 19.2, False)),
        signs=(Sign("speed_60", (8.3, 27.0), 1.75), Sign("one_way_no_entry", (-8.4, 24.0), 1.8)),
        trees=((9.6, 19.0), (9.6, 33.0), (9.6, 47.0), (-9.6, 26.0), (-9.6, 40.0), (-9.6, 54.0)),
        name="Hùng Vương",
    )


def _right_side() -> list[Ride]:
    inner, outer = away(2.45), away(5.9)
    fast, faster = away(2.1), along(((10.0, 2.0), (40.0, 2.7)), 2.0, 70.0)
    return [
        car(1, "suv", "white", "61A60417", outer, passing(outer, 52, 1.0)),
        bike(1, "blue", "61C148306", away(3.0), passing(away(3.0), 47, 2.3)),
        car(2, "sedan", "silver", "61K72095", inner, passing(inner, 76, 4.2), role="speeding"),
        bike(2, "red", "61B150862", fast, passing(fast, 68.8, 6.3), role="speeding"),
        car(3, "hatch", "sky", "61E90741", inner, passing(inner, 63, 8.3), role="within_tolerance"),
        bike(3, "teal", "61D295514", away(5.2), passing(away(5.2), 41, 9.2), COUPLE),
        bike(4, "black", "61X183690", faster, passing(faster, 86, 11.17), role="speeding"),
        car(4, "truck", "orange", "61N30582", outer, passing(outer, 46, 12.7)),
        car(5, "suv", "crimson", "61G58136", inner, passing(inner, 88, 14.9), role="speeding"),
        bike(5, "orange", "61Y271468", away(3.4), passing(away(3.4), 49, 17.4)),
        car(6, "sedan", "navy", "61L41273", inner, passing(inner, 56, 19.7)),
    ]


def _left_side() -> list[Ride]:
    inner = towards(-2.5)
    against_bike = along(((8.0, -1.55), (50.0, -1.75)), 2.0, 70.0)
    against_car = away(-2.35)
    backs_up = Motion(13.6, 44.0, 0.0, ((0.8, -0.9), (1.0, 0.0), (0.8, 0.9), (1.6, 0.0), (2.6, 1.6)))
    kerbside = along(((0.0, -6.9), (20.0, -6.9), (24.0, -7.15)), 70.0, -4.0)
    return [
        car(7, "family", "brown", "61F27390", inner, passing(inner, 51, 2.0)),
        bike(6, "white", "61U205937", towards(-5.2), passing(towards(-5.2), 40, 4.4)),
        bike(7, "crimson", "61S296471", against_bike, passing(against_bike, 24, 7.4), role="wrong_way"),
        bike(8, "green", "61AF61824", towards(-4.9), passing(towards(-4.9), 38, 8.2)),
        car(8, "hatch", "yellow", "61M56308", towards(-5.5), passing(towards(-5.5), 44, 10.3)),
        car(9, "sedan", "black", "61H18529", against_car, passing(against_car, 30, 14.0), role="wrong_way"),
        bike(9, "grey", "61P139054", kerbside, backs_up, role="backs_up"),
        bike(10, "silver", "61V184720", towards(-4.6), passing(towards(-4.6), 42, 17.8)),
        car(10, "suv", "grey", "61T83617", towards(-5.4), passing(towards(-5.4), 47, 20.1)),
    ]


def _claims() -> tuple[Claim, ...]:
    return (
        Claim("car2", "speeding", "speed_10_20", "speed"),
        Claim("moto2", "speeding", "speed_5_10", "speed"),
        Claim("moto4", "speeding", "speed_over_20", "speed"),
        Claim("car5", "speeding", "speed_20_35", "speed"),
        Claim("moto7", "wrong_way", "wrong_way", "left carriageway"),
        Claim("car9", "wrong_way", "wrong_way", "left carriageway"),
    )


def _near_misses() -> tuple[NearMiss, ...]:
    return (
        NearMiss(
            "car3",
            "within_tolerance",
            "drives 63 km/h where 60 km/h is allowed: fines begin at 5 km/h over",
            "chạy 63 km/h nơi giới hạn 60 km/h: chưa tới mức 5 km/h để phạt",
            "speeding",
        ),
        NearMiss(
            "moto9",
            "backs_up",
            "stands at the kerb, backs up a good metre and rides on the right way",
            "đứng sát lề, lùi hơn một mét rồi đi đúng chiều",
            "wrong_way",
        ),
        NearMiss(
            "moto8",
            "other_carriageway",
            "drives towards the camera, as the left carriageway is meant to be driven",
            "đi về phía camera, đúng chiều của phần đường bên trái",
            "wrong_way",
        ),
    )


def _zones() -> tuple[Zone, ...]:
    y0, y1 = FAST_ZONE_Y_M
    return (
        Zone("speed", ((0.75, y0), (7.35, y0), (7.35, y1), (0.75, y1)), {"section": "speed"}),
        Zone(
            "right carriageway",
            ((0.75, 10.0), (KERB_M, 10.0), (KERB_M, 60.0), (0.75, 60.0)),
            {"section": "lane", "direction_m": [0, 1]},
        ),
        Zone(
            "left carriageway",
            ((-KERB_M, 10.0), (-0.75, 10.0), (-0.75, 60.0), (-KERB_M, 60.0)),
            {"section": "lane", "direction_m": [0, -1]},
        ),
    )


def scene() -> Scene:
    """Return the scene."""
    return Scene(
        name="hung_vuong",
        camera_id="hv-01",
        title="Hùng Vương 1",
        location="Hùng Vương, Thủ Dầu Một (cảnh dựng bằng máy tính / rendered scene)",
        seed=62,
        frames=270,
        camera=Pinhole((0.3, 0.0, 4.8), 14.5, 0.0, 3000.0, 1920, 1080),
        street=_street(),
        rides=(*_right_side(), *_left_side()),
        claims=_claims(),
        near_misses=_near_misses(),
        marks=tuple(
            (x, y)
            for y in (13.0, 17.0, 22.0, 28.0, 36.0, 46.0)
            for x in (-7.35, -4.2, -1.0, 1.0, 4.2, 7.35)
            if abs(x - 0.3) < 0.3 * y
        ),
        poster_s=8.16,
        limit_kmh=LIMIT_KMH,
        crf=21,
        rules=("speeding", "wrong_way"),
        zones=_zones(),
    )
