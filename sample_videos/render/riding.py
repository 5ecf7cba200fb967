"""People on motorbikes for the training pictures: one to four, with helmets, hats, ponchos, children."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from sample_videos.render import bikes, hair
from sample_videos.render import materials as mt
from sample_videos.render.heads import BARE, HELMETS, Hat, Head, Vec
from sample_videos.render.people import SEATINGS, Person, Seat
from sample_videos.render.shapes import Builder

STRAW = (0.62, 0.50, 0.30)
BRIM_M = 0.02
LONG_SHARE = 0.35
PONCHOS = ((0.05, 0.14, 0.42), (0.45, 0.05, 0.08), (0.05, 0.30, 0.16), (0.60, 0.42, 0.06), (0.35, 0.12, 0.4))
SKINS = (bikes.SKIN, (0.36, 0.20, 0.12), (0.50, 0.31, 0.21))
HELMET_SHARE = 0.55


def _shell(b: Builder, at: Vec, s: float, hat: Hat, rng: random.Random) -> tuple[Vec, Vec]:
    """Add a helmet and return its ellipsoid."""
    x, y, z = at
    shell = mt.plain(mt.PAINTS[rng.choice(bikes.HELMETS)], 0.25, 0.0, 0.8)
    if hat == "full_helmet":
        centre, radii = (x, y + 0.01 * s, z), (0.138 * s, 0.158 * s, 0.160 * s)
        b.ball(centre, radii, shell, 20)
        b.ball((x, y + 0.075 * s, z - 0.005 * s), (0.112 * s, 0.10 * s, 0.062 * s), mt.glass(), 16)
        return centre, radii
    deep = 0.150 if hat == "open_helmet" else 0.118
    low = 0.010 if hat == "open_helmet" else 0.035
    centre, radii = (x, y - 0.004 * s, z + low * s), (0.132 * s, 0.148 * s, deep * s)
    b.ball(centre, radii, shell, 20)
    if hat == "open_helmet":
        b.ball(
            (x, y + 0.085 * s, z - 0.03 * s), (0.082 * s, 0.085 * s, 0.095 * s), mt.plain(bikes.SKIN, 0.6), 14
        )
        if rng.random() < 0.5:
            b.ball((x, y + 0.09 * s, z + 0.01 * s), (0.10 * s, 0.085 * s, 0.055 * s), mt.glass(), 14)
    else:
        b.ball((x, y, z - 0.002 * s), (0.134 * s, 0.150 * s, 0.028 * s), mt.trim(), 18)
        b.box((x, y + 0.14 * s, z + 0.02 * s), (0.17 * s, 0.09 * s, 0.014), mt.trim(), 0.006, (-0.25, 0, 0))
    return centre, radii


def _cover(
    b: Builder, at: Vec, s: float, hat: Hat, rng: random.Random, *, long_hair: bool | None = None
) -> tuple[Vec, Vec]:
    """Add hair and a cap or hat and return the ellipsoid of hair and hat."""
    x, y, z = at
    own = random.Random(f"{b.name} {at} {hat}")
    grown = hair.short(b, at, s, own, covered_from=9.0 if hat == "none" else BRIM_M * s)
    falls = rng.random() < LONG_SHARE
    if falls if long_hair is None else long_hair:
        hair.long(b, at, s, grown, own)
    if hat == "none":
        return (x, y - 0.012 * s, z + 0.02 * s), (0.094 * s, 0.110 * s, 0.102 * s)
    cloth = mt.plain(rng.choice(bikes.SHIRTS), 0.9)
    if hat == "conical_hat":
        b.tube((x, y, z + 0.045 * s), (x, y, z + 0.20 * s), 0.235 * s, 0.008, mt.plain(STRAW, 0.8), 24)
        return (x, y, z + 0.10 * s), (0.236 * s, 0.236 * s, 0.10 * s)
    b.ball((x, y - 0.005 * s, z + 0.045 * s), (0.100 * s, 0.118 * s, 0.085 * s), cloth, 16)
    if hat == "bucket_hat":
        b.tube((x, y, z + 0.025 * s), (x, y, z + 0.07 * s), 0.175 * s, 0.105 * s, cloth, 20)
        return (x, y, z + 0.06 * s), (0.176 * s, 0.176 * s, 0.08 * s)
    b.box((x, y + 0.14 * s, z + 0.05 * s), (0.14 * s, 0.12 * s, 0.012), cloth, 0.005, (-0.2, 0, 0))
    return (x, y + 0.03 * s, z + 0.05 * s), (0.104 * s, 0.165 * s, 0.085 * s)


def add_head(
    b: Builder, at: Vec, scale: float, hat: Hat, rng: random.Random, *, long_hair: bool | None = None
) -> Head:
    """Add a head with what is on it; ``at`` is the middle of the forehead, metres."""
    x, y, z = at
    skin = mt.plain(rng.choice(SKINS), 0.6)
    face = ((x, y + 0.015 * scale, z - 0.035 * scale), (0.080 * scale, 0.098 * scale, 0.120 * scale))
    b.ball(*face, skin, 16)
    hair.features(b, at, scale, skin)
    if rng.random() < 0.4:
        b.ball(
            (x, y + 0.07 * scale, z - 0.065 * scale),
            (0.082 * scale, 0.06 * scale, 0.055 * scale),
            mt.plain(rng.choice(((0.5, 0.6, 0.7), (0.7, 0.7, 0.7), (0.05, 0.05, 0.06))), 0.8),
            12,
        )
    worn = (
        _shell(b, at, scale, hat, rng)
        if hat in HELMETS
        else _cover(b, at, scale, hat, rng, long_hair=long_hair)
    )
    return Head((face, worn), hat, scale < 0.8)


def pick_hat(rng: random.Random, share: float = HELMET_SHARE) -> Hat:
    """Return what a rider wears; ``share`` is the chance of a helmet."""
    if rng.random() < share:
        return rng.choices(HELMETS, (6, 2, 2))[0]
    return rng.choices(BARE, (5, 3, 1, 1))[0]


def _limbs(b: Builder, seat: Seat, hips: Vec, cloth: tuple[Any, Any, Any], rng: random.Random) -> None:
    shirt, trousers, skin = cloth
    s, y = seat.scale, seat.y
    sleeve = shirt if rng.random() < 0.6 else skin
    top = hips[2] + 0.48 * s
    for side in (-1, 1):
        shoulder = (side * 0.19 * s, y + 0.07 * s, top)
        hand = (
            (side * 0.30, -0.50, 1.03) if seat.steers else (side * 0.17 * s, y + 0.32 * s, hips[2] + 0.12 * s)
        )
        elbow = (side * 0.265 * s, (shoulder[1] + hand[1]) / 2 - 0.05 * s, hips[2] + 0.20 * s)
        b.chain([shoulder, elbow], [0.062 * s, 0.048 * s], shirt)
        b.chain([elbow, hand], [0.046 * s, 0.036 * s], sleeve)
        b.ball(hand, (0.04 * s, 0.05 * s, 0.04 * s), skin, 10)
        if seat.steers or y > -1.0:
            knee, foot = (side * 0.15, y + 0.40 * s, 0.80), (side * 0.15, y + 0.34 * s, 0.44)
        else:
            knee = (side * (0.25 if s > 0.8 else 0.22), y + 0.39 * s, 0.80)
            foot = (side * 0.24, y + 0.26 * s, 0.80 - 0.38 * s)
        b.chain([(side * 0.09 * s, y, hips[2] + 0.01), knee], [0.095 * s, 0.068 * s], trousers)
        b.chain([knee, foot], [0.064 * s, 0.045 * s], trousers)
        shoe = (foot[0], foot[1] + 0.06 * s, foot[2] - 0.04 * s)
        b.box(shoe, (0.085 * s, 0.25 * s, 0.075 * s), mt.plain((0.05, 0.04, 0.035), 0.6), 0.02)


def _poncho(b: Builder, seat: Seat, hips: Vec, cloth: Any) -> None:
    s, y = seat.scale, seat.y
    reach = 0.30 if seat.steers else 0.06
    rings = [
        bikes.slab(y + 0.05 + reach, hips[2] - 0.30, 0.36 * s, (0.24 + reach) * s),
        bikes.slab(y + 0.06 + reach * 0.8, hips[2] + 0.10, 0.33 * s, (0.22 + reach * 0.9) * s),
        bikes.slab(y + 0.09, hips[2] + 0.38 * s, 0.26 * s, 0.19 * s),
        bikes.slab(y + 0.08, hips[2] + 0.53 * s, 0.17 * s, 0.12 * s),
        bikes.slab(y + 0.08, hips[2] + 0.60 * s, 0.07 * s, 0.06 * s),
    ]
    b.loft(rings, cloth, 2)


def add_person(
    b: Builder,
    seat: Seat,
    hat: Hat,
    rng: random.Random,
    *,
    poncho: bool = False,
    long_hair: bool | None = None,
) -> Head:
    """Seat one person on the machine under construction and return the head."""
    s, y = seat.scale, seat.y
    shirt, trousers = mt.plain(rng.choice(bikes.SHIRTS), 0.85), mt.plain(rng.choice(bikes.TROUSERS), 0.85)
    skin = mt.plain(rng.choice(SKINS), 0.6)
    hips, chest = (0.0, y, 0.87 + seat.lift), (0.0, y + 0.07 * s, 0.87 + seat.lift + 0.49 * s)
    bikes.torso(b, hips, chest, shirt, s)
    b.tube(chest, (0, y + 0.09 * s, chest[2] + 0.16 * s), 0.05 * s, 0.05 * s, skin, 12)
    b.tube(
        (0, y + 0.055 * s, chest[2] - 0.01),
        (0, y + 0.075 * s, chest[2] + 0.085 * s),
        0.088 * s,
        0.066 * s,
        shirt,
        14,
    )
    _limbs(b, seat, hips, (shirt, trousers, skin), rng)
    if poncho:
        _poncho(b, seat, hips, mt.plain(rng.choice(PONCHOS), 0.3))
    elif not seat.steers and s > 0.8 and rng.random() < 0.3:
        bag = mt.plain(rng.choice(bikes.SHIRTS), 0.8)
        b.box((0, y - 0.16, chest[2] - 0.2), (0.27, 0.14, 0.36), bag, 0.06, (-0.12, 0, 0))
    return add_head(b, (0.0, y + 0.11 * s, chest[2] + 0.24 * s), s, hat, rng, long_hair=long_hair)


def _hood(b: Builder, head: Head, rng: random.Random) -> None:
    """Pull a raincoat's hood over what is on the head: all but the face is hidden."""
    (x, y, z), radii = head.parts[1]
    cloth, r = mt.plain(rng.choice(PONCHOS), 0.3), max(radii) + 0.02
    b.ball((x, y - 0.03, z - 0.01), (r, r, r * 1.05), cloth, 18)
    b.tube((x, y - 0.03, z - 0.06), (x, y - 0.05, z - 0.26), r * 0.95, r * 1.15, cloth, 18)


def _goods(b: Builder, rng: random.Random) -> None:
    """Add a delivery box or a sack behind a lone driver."""
    if rng.random() < 0.6:
        colour = rng.choice(((0.02, 0.32, 0.10), (0.65, 0.20, 0.02), (0.5, 0.02, 0.03), (0.05, 0.05, 0.06)))
        b.box((0, -1.58, 1.12), (0.46, 0.44, 0.44), mt.plain(colour, 0.6), 0.03)
    else:
        b.ball((0, -1.55, 1.05), (0.34, 0.26, 0.22), mt.plain((0.5, 0.44, 0.34), 0.9), 14)


def build_ridden(
    colour: str, people: int, seed: int, *, poncho: bool
) -> tuple[tuple[Any, Any, Vec, float], tuple[Head, ...]]:
    """Return (what ``bikes.build_bike`` returns, heads) of a motorbike with 1 to 4 people."""
    rng = random.Random(seed)
    b, lamps = Builder(f"bike_{colour}"), Builder("lamps")
    bikes.machine(b, lamps, colour)
    found = []
    for seat in rng.choice(SEATINGS[people]):
        hat = pick_hat(rng, 0.35 if seat.scale < 0.8 else HELMET_SHARE)
        found.append(add_person(b, seat, hat, rng, poncho=poncho and seat.scale > 0.8))
    if people == 1 and rng.random() < 0.2:
        _goods(b, rng)
    return (b.build(45.0), lamps.build(), (0.0, -1.797, 0.600), 0.26), tuple(found)


def build_party(
    colour: str, people: Sequence[Person], seed: int, *, goods: bool = False
) -> tuple[tuple[Any, Any, Vec, float], tuple[Head, ...]]:
    """Return what ``build_ridden`` returns, of a motorbike with exactly these people."""
    rng = random.Random(seed)
    b, lamps = Builder(f"bike_{colour}"), Builder("lamps")
    bikes.machine(b, lamps, colour)
    found = []
    for one in people:
        found.append(add_person(b, one.seat, one.hat, rng, poncho=one.poncho, long_hair=one.long_hair))
        if one.hood:
            _hood(b, found[-1], rng)
    if goods:
        _goods(b, rng)
    return (b.build(45.0), lamps.build(), (0.0, -1.797, 0.600), 0.26), tuple(found)
