"""Riders close, on a narrow one-way street by day: helmets on and off, and how many sit on a motorbike."""

from __future__ import annotations

from sample_videos.render.camera import Pinhole
from sample_videos.render.heads import Hat
from sample_videos.render.paths import Ride, along
from sample_videos.render.people import Person, Seat, party
from sample_videos.render.scenes.kit import SOLO, bike, passing
from sample_videos.render.spec import Boulevard, Claim, Line, NearMiss, Scene, Zone

KERB_M = 3.7
HALF: Hat = "half_helmet"


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


def _family(grown: Hat, *children: Hat) -> tuple[Person, ...]:
    """Return a driver with helmet, a grown passenger and small children behind them."""
    three = (Seat(-1.32, lift=0.05), Seat(-1.54, 0.72, lift=0.04), Seat(-1.73, 0.6, lift=0.06))
    two = (Seat(-1.34, lift=0.05), Seat(-1.6, 0.6, lift=0.05))
    seats = two if len(children) == 1 else three
    riders = [Person(seat, hat) for seat, hat in zip(seats, (grown, *children), strict=True)]
    return (Person(Seat(-1.03, steers=True), HALF), *riders)


def _rides() -> tuple[Ride, ...]:
    plan: tuple[tuple[str, str, float, tuple[Person, ...], str], ...] = (
        ("red", "61B162840", 0.3, SOLO, "innocent"),
        ("blue", "61C270513", -0.9, party("none"), "helmet"),
        ("white", "61D185276", 0.9, party(HALF, "open_helmet"), "two_with_helmets"),
        ("black", "61X140962", -0.5, party("full_helmet", "none"), "passenger_helmet"),
        ("teal", "61S238617", 0.8, party(HALF, HALF, "open_helmet"), "too_many_riders"),
        ("silver", "61Y195304", -1.0, _hooded(), "hood_over_helmet"),
        ("green", "61P287150", 0.5, party("conical_hat"), "helmet"),
        ("crimson", "61V146983", -0.6, _family("cap", "none", "none"), "too_many_riders"),
        ("orange", "61U253798", 0.9, party("cap", HALF), "helmet"),
        ("sky", "61F118265", -0.4, _family("open_helmet", "none"), "child_behind"),
        ("brown", "61G264071", 0.7, party("bucket_hat", "none"), "helmet"),
        ("grey", "61AF40936", -0.7, party("full_helmet"), "innocent"),
    )
    rides = []
    for n, (colour, plate, x, people, role) in enumerate(plan, 1):
        path = along(((4.0, x), (16.0, x + 0.15), (30.0, x)), 0.0, 36.0)
        motion = passing(path, (26, 24, 23, 25, 22)[n % 5], -0.2 + 1.62 * n, 10.0)
        rides.append(bike(n, colour, plate, path, motion, people, role=role, goods=n == len(plan)))
    return tuple(rides)


def scene() -> Scene:
    """Return the scene."""
    return Scene(
        name="helmets",
        camera_id="bd-01",
        title="Bạch Đằng 1",
        location="Bạch Đằng, Thủ Dầu Một (cảnh dựng bằng máy tính / rendered scene)",
        seed=63,
        frames=270,
        camera=Pinhole((0.1, 0.0, 4.2), 20.0, 0.0, 2000.0, 1280, 720),
        street=_street(),
        rides=_rides(),
        claims=(
            Claim("moto2", "helmet", "no_helmet_rider"),
            Claim("moto4", "passenger_helmet", "no_helmet_passenger_by_rider"),
            Claim("moto5", "too_many_riders", "two_passengers"),
            Claim("moto7", "helmet", "no_helmet_rider"),
            Claim("moto8", "too_many_riders", "three_passengers"),
            Claim("moto8", "passenger_helmet", "no_helmet_passenger_by_rider"),
            Claim("moto9", "helmet", "no_helmet_rider"),
            Claim("moto11", "helmet", "no_helmet_rider"),
            Claim("moto11", "passenger_helmet", "no_helmet_passenger_by_rider"),
        ),
        near_misses=(
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
        ),
        marks=tuple(
            (x, y)
            for y in (9.0, 11.0, 13.5, 16.5, 20.0, 23.0)
            for x in (-3.35, 0.0, 3.35)
            if abs(x) < 0.31 * y
        ),
        poster_s=13.12,
        rules=("helmet", "passenger_helmet", "too_many_riders"),
        zones=(
            Zone(
                "the street",
                ((-3.35, 8.0), (3.35, 8.0), (3.35, 23.5), (-3.35, 23.5)),
                {"section": "lane", "direction_m": [0, 1]},
            ),
        ),
    )
