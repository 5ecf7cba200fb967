"""Lanes, U-turns and stopping by day: a road whose median has two openings."""

from __future__ import annotations

from sample_videos.render.camera import Pinhole
from sample_videos.render.kinematics import Motion, stop_and_go
from sample_videos.render.paths import Ride, along, u_turn
from sample_videos.render.scenes.kit import COUPLE, away, bike, car, passing, towards
from sample_videos.render.spec import Boulevard, Claim, Line, NearMiss, Scene, Sign, Zone

KERBS_M = (-7.6, 9.4)
EDGE_M, LINE_M, BIKES_M = 0.6, 3.7, 6.9
SOLID_Y_M, RESERVED_Y_M = (10.0, 26.0), (10.0, 24.0)
STOP_AFTER_S = 8.0
MIDDLE_M, INNER_M, OUTER_M = 5.25, 2.15, 8.1


def _street() -> Boulevard:
    islands = ((-EDGE_M, EDGE_M, -10.0, 18.2), (-EDGE_M, EDGE_M, 25.0, 30.5), (-EDGE_M, EDGE_M, 38.5, 120.0))
    lines = [
        Line(LINE_M, -10.0, 26.0),
        Line(LINE_M, 28.0, 120.0, dashed=True),
        Line(BIKES_M, -10.0, 24.0),
        Line(9.1, -10.0, 120.0),
        Line(-7.3, -10.0, 120.0),
        Line(-4.1, -10.0, 120.0, dashed=True),
    ]
    for x in (EDGE_M + 0.25, -EDGE_M - 0.25):
        lines += [Line(x, a, b, yellow=True) for a, b in ((-10.0, 18.2), (25.0, 30.5), (38.5, 120.0))]
    return Boulevard(
        kerbs_m=KERBS_M,
        islands=islands,
        lines=tuple(lines),
        arrows=((MIDDLE_M, 16.5, True), (-2.4, 27.0, False), (-5.8, 27.0, False)),
        symbols=(("no_trucks", INNER_M, 13.2), ("bike", OUTER_M, 14.5), ("bike", OUTER_M, 20.5)),
        signs=(
            Sign("no_u_turn", (0.0, 25.6), 1.7, 0.38),
            Sign("lane_bikes", (9.9, 17.5), 1.9),
            Sign("no_stopping", (9.9, 25.0), 1.8),
            Sign("bus_stop", (-8.2, 37.5), 1.6),
        ),
        trees=((11.6, 21.0), (11.6, 35.0), (11.6, 49.0), (-10.4, 27.0), (-10.4, 48.0)),
        shelter=(-9.0, 43.0),
        name="Đại lộ Bình Dương",
    )


def _offenders() -> list[Ride]:
    to_bike_lane = along(((22.5, 7.75), (32.0, MIDDLE_M)), 2.0, 70.0)
    round_bike = u_turn(1.6, 21.2, -1.75, y0=2.0, y1=-4.0)
    round_motion = Motion(1.9, 6.6, 6.94, ((2.05, -2.0), (3.1, 0.0), (2.2, 1.6)))
    over_line = along(((14.0, MIDDLE_M), (25.0, INNER_M)), 2.0, 70.0)
    to_kerb = along(((20.5, MIDDLE_M), (29.5, 8.3)), 2.0, 70.0)
    stands = stop_and_go(34, 32.5, 7.2, 1.7, t_go=60.0, acc=1.0)
    return [
        car(
            1,
            "sedan",
            "crimson",
            "61A83046",
            to_bike_lane,
            passing(to_bike_lane, 24, 0.9, 14.0),
            role="wrong_lane",
        ),
        bike(1, "orange", "61B172905", round_bike, round_motion, role="u_turn"),
        car(2, "suv", "white", "61K50924", to_kerb, stands, role="stopping", parked=True),
        car(
            3,
            "truck",
            "blue",
            "61C41857",
            away(INNER_M),
            passing(away(INNER_M), 28, 13.3, 15.0),
            role="wrong_lane",
        ),
        car(
            4, "hatch", "yellow", "61E70318", over_line, passing(over_line, 36, 17.2, 15.0), role="lane_line"
        ),
    ]


def _innocents() -> list[Ride]:
    first, second, third = (
        stop_and_go(kmh, front - 2.0, t, 1.8, t_go=go, acc=1.4)
        for kmh, front, t, go in ((36, 46.0, 10.5, 19.6), (35, 39.4, 11.6, 20.4), (34, 32.9, 12.7, 21.2))
    )
    middle = away(MIDDLE_M)
    round_car = u_turn(INNER_M, 31.2, -5.5, y0=2.0, y1=-4.0)
    round_motion = Motion(6.9, 9.0, 8.33, ((2.6, -1.65), (4.4, 0.0), (2.5, 1.5)))
    between = along(((19.5, 8.0), (27.0, 6.78), (40.0, 6.78), (48.0, 7.8)), 2.0, 70.0)
    bus = stop_and_go(30, 31.0, -6.0, 1.5, t_go=14.6, acc=1.0)
    return [
        car(5, "sedan", "silver", "61F29583", middle, first, role="queue"),
        car(6, "family", "navy", "61G17640", middle, second, role="queue"),
        car(7, "sedan", "black", "61L62917", middle, third, role="queue"),
        car(8, "hatch", "sky", "61M35072", round_car, round_motion, role="legal_u_turn"),
        car(9, "bus", "green", "61B04736", towards(-6.2), bus, role="bus_stop"),
        bike(2, "white", "61C285190", between, passing(between, 30, 11.3, 15.0), COUPLE),
        bike(3, "red", "61D139472", between, passing(between, 28, 19.6, 15.0)),
        bike(4, "teal", "61S194036", towards(-3.4), passing(towards(-3.4), 36, 9.0)),
        car(10, "suv", "brown", "61H38264", towards(-2.4), passing(towards(-2.4), 42, 16.6)),
    ]


def _zones() -> tuple[Zone, ...]:
    return (*_lanes(), *_not_to_be_crossed(), *_no_stopping())


def _lanes() -> tuple[Zone, ...]:
    (a, b), (c, d) = SOLID_Y_M, RESERVED_Y_M
    return (
        Zone(
            "làn trong, cấm xe tải / inner lane, no trucks",
            ((EDGE_M, a), (LINE_M, a), (LINE_M, b), (EDGE_M, b)),
            {"section": "lane", "kinds": ["motorbike", "bicycle", "car", "bus"]},
        ),
        Zone(
            "làn giữa / middle lane",
            ((LINE_M, a), (BIKES_M, a), (BIKES_M, d), (LINE_M, d)),
            {"section": "lane"},
        ),
        Zone(
            "làn dành cho xe máy / motorbikes only",
            ((BIKES_M, c), (9.1, c), (9.1, d), (BIKES_M, d)),
            {"section": "lane", "kinds": ["motorbike", "bicycle"]},
        ),
        Zone(
            "phần đường ngược lại / other carriageway",
            ((-7.3, 12.0), (-EDGE_M, 12.0), (-EDGE_M, 48.0), (-7.3, 48.0)),
            {"section": "lane", "direction_m": [0, -1]},
        ),
    )


def _not_to_be_crossed() -> tuple[Zone, ...]:
    """Return the solid line and the opening where a sign forbids to turn round."""
    return (
        Zone(
            "vạch liền / solid line",
            tuple((LINE_M, y) for y in SOLID_Y_M),
            {"section": "solid_line", "sign": "Vạch 2.2: không được đè, cắt / not to be crossed"},
        ),
        Zone(
            "cấm quay đầu / no U-turn",
            ((-2.5, 18.2), (2.5, 18.2), (2.5, 25.0), (-2.5, 25.0)),
            {
                "section": "turn",
                "kind": "u_turn",
                "enter_m": ((EDGE_M, 14.0), (LINE_M, 14.0)),
                "leave_m": ((-4.1, 19.7), (-EDGE_M, 19.7)),
                "sign": "P.124a: cấm quay đầu xe / no U-turn",
            },
        ),
    )


def _no_stopping() -> tuple[Zone, ...]:
    return (
        Zone(
            "cấm dừng, bên phải / no stopping, right side",
            ((LINE_M + 0.1, 25.0), (9.4, 25.0), (9.4, 50.0), (LINE_M + 0.1, 50.0)),
            {
                "section": "zone",
                "kind": "no_stopping",
                "sign": "P.130: cấm dừng và đỗ xe / no stopping",
                "allowed_s": STOP_AFTER_S,
            },
        ),
        Zone(
            "trạm xe buýt / bus stop",
            ((-7.6, 36.5), (-4.1, 36.5), (-4.1, 51.0), (-7.6, 51.0)),
            {
                "section": "zone",
                "kind": "no_stopping",
                "sign": "I.434a: trạm xe buýt, xe khác không được dừng / bus stop, nobody else may stop",
                "kinds": ["motorbike", "car", "truck"],
                "allowed_s": STOP_AFTER_S,
            },
        ),
    )


def _claims() -> tuple[Claim, ...]:
    return (
        Claim("car1", "wrong_lane", "wrong_lane", "làn dành cho xe máy / motorbikes only"),
        Claim("moto1", "u_turn", "u_turn", "cấm quay đầu / no U-turn"),
        Claim("car2", "stopping", "stop_prohibited", "cấm dừng, bên phải / no stopping, right side"),
        Claim("truck3", "wrong_lane", "wrong_lane", "làn trong, cấm xe tải / inner lane, no trucks"),
        Claim("car4", "lane_line", "sign_or_marking", "vạch liền / solid line"),
    )


def _near_misses() -> tuple[NearMiss, ...]:
    return (
        NearMiss(
            "car7",
            "queue",
            "stands where stopping is forbidden, but only because the queue ahead holds it",
            "đứng trong khu vực cấm dừng nhưng chỉ vì dòng xe phía trước đang chờ",
            "stopping",
        ),
        NearMiss(
            "car8",
            "legal_u_turn",
            "turns through the second opening, where no sign forbids it",
            "quay đầu ở chỗ mở dải phân cách thứ hai, nơi không có biển cấm",
            "u_turn",
        ),
        NearMiss(
            "bus9",
            "bus_stop",
            "a bus at its own stop",
            "xe buýt dừng tại trạm của mình",
            "stopping",
        ),
        NearMiss(
            "moto2",
            "rides_round",
            "leaves the motorbike lane where it ends and rides round the car that blocks the kerb",
            "rời làn xe máy ở chỗ làn kết thúc và tránh chiếc xe chắn sát lề",
            "wrong_lane",
        ),
    )


def scene() -> Scene:
    """Return the scene."""
    return Scene(
        name="lanes",
        camera_id="dlbd-01",
        title="Đại lộ Bình Dương 1",
        location="Đại lộ Bình Dương, Thủ Dầu Một (cảnh dựng bằng máy tính / rendered scene)",
        seed=64,
        frames=275,
        camera=Pinhole((3.7, 0.0, 4.8), 14.5, 0.0, 3000.0, 1920, 1080),
        street=_street(),
        rides=(*_offenders(), *_innocents()),
        claims=_claims(),
        near_misses=_near_misses(),
        marks=tuple(
            (x, y)
            for y in (12.0, 16.0, 20.0, 26.0, 34.0, 44.0)
            for x in (-7.3, -4.1, -0.85, 0.85, 3.7, 6.9, 9.1)
            if abs(x - 3.7) < 0.29 * y
        ),
        poster_s=4.8,
        crf=21,
        rules=("wrong_lane", "lane_line", "u_turn", "stopping"),
        stop_after_s=STOP_AFTER_S,
        zones=_zones(),
    )
