"""Riders close, on a narrow one-way street by day, seen from behind and from the left."""

from __future__ import annotations

import numpy as np

from sample_videos.render.camera import Pinhole
from sample_videos.render.effects import Air
from sample_videos.render.heads import Hat
from sample_videos.render.paths import Ride, along
from sample_videos.render.people import Person, Seat, party
from sample_videos.render.scenes.kit import SOLO, bike, passing
from sample_videos.render.spec import Boulevard, Claim, Line, NearMiss, Scene, Zone

KERB_M = 3.7
CAMERA = Pinhole((-4.8, 1.9, 5.4), 24.0, 30.0, 3300.0, 1920, 1080)
LENS_PX = 0.8  # as soft as a camera's lens and sensor are
HALF: Hat = "half_helmet"
IN_FRONT, BEHIND = Seat(-0.80, 0.58, lift=-0.10), Seat(-1.68, 0.6, lift=0.05)


def _street() -> Boulevard:
    lines = [Line(side * 3.35, -10.0, 90.0) for side in (-1, 1)]
    lines.append(Line(0.0, -10.0, 90.0, dashed=True))
    return Boulevard(
        kerbs_m=(-KERB_M, KERB_M),
        lines=tuple(lines),
        arrows=((-1.7, 15.0, True), (1.7, 15.0, True)),
        trees=((5.3, 13.5), (-5.4, 19.0), (5.3, 27.0), (-5.4, 33.0)),
        name="Bạch Đằng",
        pavement_m=3.2,
    )


def _hooded() -> tuple[Person, ...]:
    (driver,) = SOLO
    return (Person(driver.seat, HALF, poncho=True, hood=True),)


def _child(seat: Seat, hat: Hat, *grown: Hat) -> tuple[Person, ...]:
    """Return grown people as one sits so many, driver first, and a small child in a seat of its own."""
    return (*party(*grown), Person(seat, hat))


def _apart(driver: Hat, passenger: Hat) -> tuple[Person, ...]:
    """Return two grown people who do not lean on one another."""
    return (
        Person(Seat(-1.0, steers=True), driver, long_hair=passenger == "none"),
        Person(Seat(-1.52, lift=0.05), passenger, long_hair=True),
    )


def _three() -> tuple[Person, ...]:
    """Return three grown people, all with helmets."""
    seats = (Seat(-0.95, steers=True), Seat(-1.31, lift=0.03), Seat(-1.67, lift=0.06))
    hats: tuple[Hat, ...] = (HALF, HALF, "open_helmet")
    return tuple(Person(seat, hat) for seat, hat in zip(seats, hats, strict=True))


def _bare() -> tuple[Person, ...]:
    """Return a driver with long hair and nothing on it."""
    (driver,) = SOLO
    return (Person(driver.seat, "none", long_hair=True),)


def _marks() -> tuple[tuple[float, float], ...]:
    """Return the points of a grid on the road that the camera sees."""
    grid = np.array(
        [(x, y, 0.0) for y in (9.0, 11.0, 13.5, 16.5, 20.0) for x in (-3.35, -1.7, 0.0, 1.7, 3.35)]
    )
    px, _ = CAMERA.project(grid)
    inside = ((px > 0) & (px < (CAMERA.width, CAMERA.height))).all(axis=1)
    return tuple((float(x), float(y)) for x, y, _ in grid[inside])


def _rides() -> tuple[Ride, ...]:
    plan: tuple[tuple[str, str, float, tuple[Person, ...], str], ...] = (
        ("red", "61B162840", 0.3, _child(IN_FRONT, "none", HALF), "child_in_front"),
        ("blue", "61C270513", -0.9, _bare(), "helmet"),
        ("white", "61D185276", 0.9, party(HALF, "open_helmet"), "two_with_helmets"),
        ("black", "61X140962", -0.5, _bare(), "helmet"),
        ("teal", "61S238617", 0.8, _three(), "too_many_riders"),
        ("silver", "61Y195304", -1.0, _hooded(), "hood_over_helmet"),
        ("green", "61P287150", 0.5, party("conical_hat"), "helmet"),
        ("crimson", "61V146983", -0.6, _bare(), "helmet"),
        ("orange", "61U253798", 0.9, _apart("none", HALF), "helmet"),
        ("sky", "61F118265", -0.4, _child(BEHIND, "none", HALF, "open_helmet"), "child_behind"),
        ("brown", "61G264071", 0.7, _apart("none", "none"), "helmet"),
        ("grey", "61AF40936", -0.7, _bare(), "helmet"),
    )
    rides = []
    for n, (colour, plate, x, people, role) in enumerate(plan, 1):
        path = along(((4.0, x), (16.0, x + 0.15), (30.0, x)), 0.0, 36.0)
        motion = passing(path, (19, 18, 17, 18.5, 17.5)[n % 5], -0.2 + 1.62 * n, 10.0)
        rides.append(bike(n, colour, plate, path, motion, people, role=role, goods=n == len(plan)))
    return tuple(rides)


def _claims() -> tuple[Claim, ...]:
    return (
        Claim("moto2", "helmet", "no_helmet_rider"),
        Claim("moto4", "helmet", "no_helmet_rider"),
        Claim("moto5", "too_many_riders", "two_passengers"),
        Claim("moto7", "helmet", "no_helmet_rider"),
        Claim("moto8", "helmet", "no_helmet_rider"),
        Claim("moto9", "helmet", "no_helmet_rider"),
        Claim("moto11", "helmet", "no_helmet_rider"),
        Claim("moto11", "passenger_helmet", "no_helmet_passenger_by_rider"),
        Claim("moto12", "helmet", "no_helmet_rider"),
    )


def _near_misses() -> tuple[NearMiss, ...]:
    return (
        NearMiss(
            "moto1",
            "child_in_front",
            "the rider wears a helmet; the small child standing before them needs none under 6 years",
            "người lái đội mũ; trẻ nhỏ đứng phía trước dưới 6 tuổi không buộc đội mũ",
            "helmet",
        ),
        NearMiss(
            "moto3",
            "two_with_helmets",
            "rider and passenger both wear helmets",
            "người lái và người ngồi sau đều đội mũ bảo hiểm",
            "passenger_helmet",
        ),
        NearMiss(
            "moto6",
            "hood_over_helmet",
            "the hood of a raincoat covers the helmet: from behind nobody can tell",
            "mũ áo mưa trùm ngoài mũ bảo hiểm: nhìn từ phía sau không thể biết",
            "helmet",
        ),
        NearMiss(
            "moto10",
            "child_behind",
            "three on it, one a small child: allowed under 12 years, and under 6 without a helmet",
            "ba người nhưng có một trẻ nhỏ: được chở trẻ dưới 12 tuổi, dưới 6 tuổi không buộc đội mũ",
            "too_many_riders",
        ),
    )


def scene() -> Scene:
    """Return the scene."""
    return Scene(
        name="helmets",
        camera_id="bd-01",
        title="Bạch Đằng 1",
        location="Bạch Đằng, Thủ Dầu Một (cảnh dựng bằng máy tính / rendered scene)",
        seed=63,
        frames=270,
        camera=CAMERA,
        street=_street(),
        rides=_rides(),
        claims=_claims(),
        near_misses=_near_misses(),
        marks=_marks(),
        poster_s=13.12,
        air=Air(blur_px=LENS_PX),
        rules=("helmet", "passenger_helmet", "too_many_riders"),
        zones=(
            Zone(
                "the street",
                ((-3.35, 8.0), (3.35, 8.0), (3.35, 22.0), (-3.35, 22.0)),
                {"section": "lane", "direction_m": [0, 1]},
            ),
        ),
    )
