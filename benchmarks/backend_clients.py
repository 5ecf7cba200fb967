"""Everybody who uses the backend at once: a camera box, officers, a chief, owners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, timedelta
from itertools import cycle

import httpx2

from backend.demo import officer
from backend.demo.client import Api, wait_for
from backend.demo.folder import Secrets
from backend.demo.officer import PaperArchive
from backend.demo.owner import Citizen, OwnerVisit
from backend.demo.parts import Parts
from backend.demo.staff import CHIEF, OFFICER, OPERATOR
from backend.services import make_services
from backend.settings import Settings
from benchmarks.backend_fill import Known
from edge.report import Signed, sign
from tests.backend.factories import MP4_STUB, Box, make_report, picture

_AT_ONCE = 4
_PICTURE_PX = (1920, 1080)
_CLIP_BYTES = 1_500_000
_WITHIN_S = 600.0

Lookups = Mapping[str, Callable[[Known], None]]
"""What people look up, by what it is."""


class Clients:
    """Signed in and ready. All goes over HTTP, but for the box's evidence, which goes to S3 as it does."""

    def __init__(self, parts: Parts, given: Secrets) -> None:
        self._parts = parts
        names = {name.lower(): value for name, value in parts.environment.items()}
        self._services = make_services(Settings.model_validate(names))
        self._http = httpx2.Client(base_url=parts.site, timeout=60, trust_env=False)
        self._box = Box(self._http, self._services, device_id="box-load", camera_id="load-01")
        self._given = given
        self._chief = Api(parts.site, CHIEF.username, given.chief_password)
        self._officers = [Api(parts.site, OFFICER.username, given.officer_password), self._chief]
        operator = Api(parts.site, OPERATOR.username, given.operator_password)
        self._box.enrol()
        operator.call("POST", "/v1/devices/box-load/approve")
        operator.close()
        self._archive = PaperArchive(parts.outside["registry"]["url"])

    def prepare(self, count: int) -> list[Signed]:
        """Signed reports of registered vehicles, their evidence already in the store."""
        control = httpx2.get(f"{self._parts.outside['registry']['url']}/control", trust_env=False).json()
        good = [row for row in control["registrations"] if row["fate"] == "good"]
        vehicles = cycle([row for row in good if row["ground_colour"] == "white"])
        return [self._report(number, next(vehicles)) for number in range(count)]

    def _report(self, number: int, vehicle: dict[str, str]) -> Signed:
        contents = {
            role: picture(f"{role} {number}", _PICTURE_PX)
            for role in (
                "still_before",
                "still_at",
                "still_after",
                "masked_before",
                "masked_at",
                "masked_after",
            )
        }
        contents |= {
            "drawing": picture("drawing"),
            "plate_crop": picture(vehicle["plate"], (96, 64), format_="PNG"),
        }
        contents |= {
            role: MP4_STUB + number.to_bytes(4, "big") * (_CLIP_BYTES // 4)
            for role in ("clip", "masked_clip")
        }
        report, _ = make_report(
            device_id="box-load",
            camera_id="load-01",
            plate=vehicle["plate"],
            kind=vehicle["kind"],
            contents=contents,
        )
        self._box.upload(report, contents)
        return sign(report, self._box.key)

    def take_in(self, reports: list[Signed]) -> None:
        """Send all reports, several at once. Raises RuntimeError where one is not stored."""

        def send(report: Signed) -> None:
            answer = self._box.send(report)
            if answer.status_code != httpx2.codes.CREATED:
                raise RuntimeError(f"a report was not taken: HTTP {answer.status_code} {answer.text}")

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(send, reports))

    def review(self) -> None:
        """Officers take one report after another until none is left; none may be rejected here."""
        with ThreadPoolExecutor(len(self._officers)) as pool:
            done = pool.map(lambda api: officer.review_all(api, self._archive, _silent), self._officers)
            rejected = [report for reports in done for report in reports if report["state"] != "confirmed"]
        if rejected:
            raise RuntimeError(f"{len(rejected)} reports were rejected, the first: {rejected[0]}")

    def close_all(self) -> None:
        """Notices, records, decisions, payments and receipts, until every dossier is closed."""
        api = self._officers[0]
        self._all_reach("notified")
        known = self._parts.registered_owners()
        inbox = self._parts.outside["inbox"]["url"]
        visits = [
            OwnerVisit(self._parts.site, Citizen(known[case["plate"]], inbox), case)
            for case in officer.dossiers(api)
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(_accept, visits))
            self._all_reach("recorded")
            officer.sign_decisions(self._chief, _silent)
            self._all_reach("decided")
            list(pool.map(lambda visit: visit.pay("vnpay", ""), visits))
            self._all_reach("closed")
        for visit in visits:
            visit.__exit__()

    def _all_reach(self, state: str) -> None:
        wait_for(
            f"every dossier to be {state}",
            lambda: officer.all_reached(self._officers[0], state),
            within_s=_WITHIN_S,
        )

    def lookups(self, site: str) -> Lookups:
        """The look-ups that people wait for, asked of the server at `site`."""
        api = Api(site, OFFICER.username, self._given.officer_password)
        visitor = httpx2.Client(base_url=site, timeout=60, trust_env=False)

        def owner_enters(one: Known) -> None:
            answer = visitor.post("/tra-cuu", data=asdict(one.entry))
            if answer.status_code != httpx2.codes.SEE_OTHER:
                raise RuntimeError(f"{one.entry.notice_number}: not let in: HTTP {answer.status_code}")

        def owner_reads(one: Known) -> None:
            owner_enters(one)
            visitor.get("/ho-so/muc-phat").raise_for_status()

        return {
            "owner enters by plate, kind, number and secret": owner_enters,
            "owner enters and reads the amount": owner_reads,
            "officer opens one dossier": lambda one: _read(api, f"/v1/dossiers/{one.dossier_id}"),
            "officer's list: to sign": lambda _: _read(api, "/v1/dossiers?state=recorded&limit=50"),
            "officer's list: newest": lambda _: _read(api, "/v1/dossiers?limit=50"),
        }

    def figures(self, site: str, today: date) -> dict[str, Callable[[], None]]:
        """All figures of spans of days that end today, as an operator's page counts them."""
        api = Api(site, OPERATOR.username, self._given.operator_password)
        spans = {"a day": 1, "thirty days": 30, "a year": 365}
        return {
            name: lambda first=today - timedelta(days=days - 1): _read(
                api, f"/v1/figures?first={first}&last={today}"
            )
            for name, days in spans.items()
        }


def _accept(visit: OwnerVisit) -> None:
    visit.enter()
    visit.accept()


def _read(api: Api, path: str) -> None:
    api.get(path)


def _silent(_count: int) -> None:
    """Nobody watches."""
