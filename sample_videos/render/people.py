"""Who sits where on a motorbike and what is on each head (pure Python)."""

from __future__ import annotations

from dataclasses import dataclass

from sample_videos.render.heads import HELMETS, Hat


@dataclass(frozen=True)
class Seat:
    """A place on the machine: ``y`` of the hips (m), body ``scale``, and whether its hands steer."""

    y: float
    scale: float = 1.0
    steers: bool = False
    lift: float = 0.0


CHILD_SCALE = 0.8
DRIVER = Seat(-1.10, steers=True)
SEATINGS: dict[int, tuple[tuple[Seat, ...], ...]] = {
    1: ((DRIVER,),),
    2: (
        (DRIVER, Seat(-1.44, lift=0.05)),
        (DRIVER, Seat(-1.46, 0.72, lift=0.02)),
        (DRIVER, Seat(-0.80, 0.58, lift=-0.10)),
    ),
    3: (
        (Seat(-1.04, steers=True), Seat(-1.34, lift=0.04), Seat(-1.63, lift=0.06)),
        (DRIVER, Seat(-0.80, 0.58, lift=-0.10), Seat(-1.45, lift=0.05)),
        (DRIVER, Seat(-1.33, 0.60, lift=0.03), Seat(-1.58, lift=0.06)),
    ),
    4: (
        (
            Seat(-1.06, steers=True),
            Seat(-0.78, 0.55, lift=-0.10),
            Seat(-1.31, 0.6, lift=0.03),
            Seat(-1.58, lift=0.06),
        ),
        (
            Seat(-1.02, steers=True),
            Seat(-1.28, 0.62, lift=0.04),
            Seat(-1.46, 0.7, lift=0.05),
            Seat(-1.70, lift=0.07),
        ),
    ),
}


@dataclass(frozen=True)
class Person:
    """One person on a motorbike: seat, what is on the head, whether a raincoat is worn and its hood up.

    ``long_hair``: None leaves it to chance.
    """

    seat: Seat
    hat: Hat = "half_helmet"
    poncho: bool = False
    hood: bool = False
    long_hair: bool | None = None

    @property
    def child(self) -> bool:
        """Whether it is a child: smaller than grown people sit."""
        return self.seat.scale < CHILD_SCALE

    @property
    def helmet(self) -> bool:
        """Whether what is on the head is a helmet."""
        return self.hat in HELMETS


def party(*hats: Hat, seating: int = 0, ponchos: bool = False) -> tuple[Person, ...]:
    """Return as many people as there are hats, on the ``seating``-th way to sit that many."""
    seats = SEATINGS[len(hats)][seating]
    return tuple(Person(seat, hat, ponchos) for seat, hat in zip(seats, hats, strict=True))
