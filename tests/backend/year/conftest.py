from __future__ import annotations

import random
from datetime import datetime

import pytest

from backend.dossiers import delivery, papers
from backend.settings import Settings
from penalty.calendar import VIETNAM
from sandbox.people import SeenVehicle, World
from tests.backend.dossiers.test_pades import minimal_pdf
from tests.backend.world import Outside, cheap_passwords, plain_papers
from tests.backend.year.clock import fast_clock
from tests.backend.year.conductor import Life, Wire, Year

__all__ = ["cheap_passwords", "plain_papers"]

START = datetime(2026, 9, 7, 7, 0, tzinfo=VIETNAM)
MOTORBIKES, CARS = 60, 20


def _vehicles() -> list[tuple[str, str]]:
    bikes = [("motorbike", f"59X1{20_000 + n}") for n in range(MOTORBIKES)]
    return bikes + [("car", f"51A{20_000 + n}") for n in range(CARS)]


@pytest.fixture(scope="package")
def outside(tmp_path_factory):
    """A sandbox of our own: nobody else's letters, quotas and receipts."""
    seen = [
        {"id": str(n), "class": kind, "plate": {"text": plate, "ground_colour": "white"}}
        for n, (kind, plate) in enumerate(_vehicles())
    ]
    running = Outside(tmp_path_factory.mktemp("outside"), vehicles={"vehicles": seen, "violations": []})
    yield running
    running.stop()


@pytest.fixture
def settings(settings, outside):
    """The common settings, with the sandbox for the outside, and a night."""
    plain = {name: getattr(settings, name) for name in Settings.model_fields}
    return Settings(**{**plain, **outside.settings(), "quiet_hours": "21:00-07:00"})


@pytest.fixture
def clock(services):
    """Before anybody is there: an account of today has no power in a year that is past."""
    with fast_clock(services.database.engine, START) as clock:
        yield clock


@pytest.fixture
def year(services, clock, outside, staff, monkeypatch):
    """Makes the year of a seed; everybody in it is signed in, and nothing has happened."""
    monkeypatch.setattr(papers, "typeset", lambda _source: minimal_pdf())
    wire = Wire()
    monkeypatch.setattr(delivery, "http_send", wire)
    officer = staff("canhsat", "officer", signing_limit_vnd=7_500_000)
    chief = staff("doitruong", "team_chief", signing_limit_vnd=22_500_000)
    head = staff("truongphong", "division", signing_limit_vnd=60_000_000)

    def make(seed: int) -> Year:
        return Year(services, outside, clock, random.Random(seed), officer, chief, head, wire=wire)

    return make


@pytest.fixture
def settle(year, box, outside, new_client):
    """`settle(year, living, kind)`: a life of this kind, with an owner and a vehicle of its own."""
    world = World(SeenVehicle(plate, kind, "white", "", violates=False) for kind, plate in _vehicles())
    left = {row["plate"]: row for row in outside.registrations}

    def make(year: Year, *, kind: str = "motorbike", zalo: bool = True) -> Life:
        plate = next(
            plate
            for plate, row in left.items()
            if row["kind"] == kind and world.registrations[plate].owner.uses_zalo is zalo
        )
        return Life(
            services=year.services,
            box=box,
            outside=outside,
            officer=year.officer,
            chief=year.chief,
            make_second=lambda: year.head,
            owner=new_client(),
            registration=left.pop(plate),
            year=year,
        )

    return make
