"""The catalogue of acts and the choice of the amount.

Sources: Decree 168/2024 as amended by Decree 238/2026 (bands, points, signing power); the Law on Handling
Administrative Violations (LHAV) Art. 9, 10, 23.4, 52.2, 61; Decree 118/2021 Art. 9.1 (amount inside the
band). The law of the day of the act applies (Decree 238/2026 Art. 21). Money is whole dong.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from penalty.acts import ActRow, SigningPower, parse_acts, parse_signing_powers
from penalty.circumstances import Circumstances, choice, why_amount
from penalty.money import format_vnd, format_vnd_en
from penalty.tables import Confidence, packaged_text

Liable = Literal["person", "organisation"]
EXPLANATION_FROM_VND: dict[Liable, int] = {"person": 15_000_000, "organisation": 30_000_000}
ORGANISATION_FACTOR = 2

# Art. 6 speaks of cars and "similar" vehicles: trucks and buses fall under it unless Art. 20-21 name the act.
_CLASSES_OF_KIND: dict[str, tuple[str, ...]] = {
    "car": ("car", "any"),
    "bus": ("bus", "car", "any"),
    "truck": ("truck", "car", "any"),
    "motorbike": ("motorbike", "any"),
    "bicycle": ("bicycle", "any"),
    "special_machine": ("special_machine", "any"),
}
VEHICLE_KINDS = tuple(_CLASSES_OF_KIND)


class CatalogueError(LookupError):
    """No row of the catalogue answers the question; the message says which part is unknown."""


class NeedsOfficerError(ValueError):
    """The law leaves a choice that a person must make and give a reason for."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the law in force on the day of the act says about it. All amounts are whole dong."""

    code: str
    act: str
    vi_name: str
    en_name: str
    legal_ref: str
    legal_ref_en: str
    vehicle_kind: str
    liable: Liable
    min_vnd: int
    max_vnd: int
    fine_vnd: int
    points: int
    explanation_right: bool
    additional: str | None
    sentence_vi: str
    sentence_en: str
    valid_from: date
    valid_to: date | None
    confidence: Confidence
    source: str
    amount_reason_vi: str = ""
    amount_reason_en: str = ""
    as_owner: bool = False
    age_band: str = "adult"
    """Of `penalty.minors`: how old the person was on the day of the act."""

    @property
    def is_warning(self) -> bool:
        """A warning (phạt cảnh cáo) is a sanction without money."""
        return self.fine_vnd == 0


NO_CIRCUMSTANCES = Circumstances()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All versions of all acts, and who may sign. `version` names these tables for the case file."""

    rows: tuple[ActRow, ...]
    signing_powers: tuple[SigningPower, ...]
    version: str

    def find(self, act: str, vehicle_kind: str, on: date) -> ActRow:
        """The row in force. Raises CatalogueError naming the act, the kind or the date that has none."""
        classes = _classes(vehicle_kind)
        known = [row for row in self.rows if row.act == act]
        if not known:
            raise CatalogueError(f"act {act!r}: not in the catalogue")
        for vehicle_class in classes:
            of_class = [row for row in known if row.vehicle_class == vehicle_class]
            in_force = [row for row in of_class if row.in_force(on)]
            if in_force:
                return in_force[0]
            if of_class:
                raise CatalogueError(
                    f"act {act!r} for {vehicle_kind}: no version in force on {on.isoformat()}"
                )
        raise CatalogueError(f"act {act!r}: no fine for a {vehicle_kind}")

    def of_vehicle(self, vehicle_kind: str, on: date) -> tuple[ActRow, ...]:
        """Every act in force that day for a kind of vehicle. Raises CatalogueError for an unknown kind."""
        classes = _classes(vehicle_kind)
        return tuple(row for row in self.rows if row.vehicle_class in classes and row.in_force(on))

    def assess(
        self,
        act: str,
        vehicle_kind: str,
        happened_on: date,
        *,
        liable: Liable = "person",
        circumstances: Circumstances = NO_CIRCUMSTANCES,
        points: int | None = None,
        as_owner: bool = False,
    ) -> Assessment:
        """Assess one act by the law of the day it happened.

        `as_owner`: an owner who did not help to find the driver and cannot show that he was not driving
        (Decree 168/2024 Art. 47.8.b), fined for the act. Raises CatalogueError (nothing in force) or
        NeedsOfficerError (the law leaves a choice).
        """
        row = self.find(act, vehicle_kind, happened_on)
        low, high = _band(row, liable)
        fine = _amount(low, high, circumstances)
        taken = _points_lost(row, points, liable, as_owner=as_owner)
        vi, en = _sentences(row, low, high, fine, taken, as_owner=as_owner)
        why_vi, why_en = why_amount(low, high, circumstances)
        return Assessment(
            code=row.code,
            act=row.act,
            vi_name=row.vi_name,
            en_name=row.en_name,
            legal_ref=row.legal_ref_vi,
            legal_ref_en=row.legal_ref_en,
            vehicle_kind=vehicle_kind,
            liable=liable,
            min_vnd=low,
            max_vnd=high,
            fine_vnd=fine,
            points=taken,
            explanation_right=high >= EXPLANATION_FROM_VND[liable] or _suspends_licence(row),
            additional=row.additional,
            sentence_vi=vi,
            sentence_en=en,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            confidence=_confidence(row, liable, as_owner=as_owner),
            source=row.source,
            amount_reason_vi=why_vi,
            amount_reason_en=why_en,
            as_owner=as_owner,
        )

    def who_may_sign(self, max_vnd: int, on: date, *, liable: Liable = "person") -> tuple[SigningPower, ...]:
        """Signatories whose power on that day reaches the maximum of the band (LHAV Art. 52.2), lowest first.

        For organisations the power is double. Raises CatalogueError for a day the table does not reach.
        """
        in_force = [power for power in self.signing_powers if power.in_force(on)]
        if not in_force:
            raise CatalogueError(f"signing power: no table in force on {on.isoformat()}")
        factor = ORGANISATION_FACTOR if liable == "organisation" else 1
        able = [power for power in in_force if power.max_vnd * factor >= max_vnd]
        return tuple(sorted(able, key=lambda power: power.max_vnd))

    def may_sign(self, signatory: str, max_vnd: int, on: date, *, liable: Liable = "person") -> bool:
        """Whether this kind of signatory may sign a decision on a band with this maximum on that day."""
        return any(power.signatory == signatory for power in self.who_may_sign(max_vnd, on, liable=liable))


def total_points(assessments: tuple[Assessment, ...]) -> int:
    """Several acts in one case take one deduction, the largest (Decree 168/2024 Art. 50.1.b)."""
    return max((assessment.points for assessment in assessments), default=0)


def _classes(vehicle_kind: str) -> tuple[str, ...]:
    if vehicle_kind not in _CLASSES_OF_KIND:
        raise CatalogueError(f"vehicle_kind {vehicle_kind!r}: expected one of {', '.join(VEHICLE_KINDS)}")
    return _CLASSES_OF_KIND[vehicle_kind]


def _band(row: ActRow, liable: Liable) -> tuple[int, int]:
    """An organisation's band is the printed one, else twice the individual's."""
    if liable == "person":
        return row.min_vnd, row.max_vnd
    if row.org_min_vnd is not None and row.org_max_vnd is not None:
        return row.org_min_vnd, row.org_max_vnd
    return row.min_vnd * ORGANISATION_FACTOR, row.max_vnd * ORGANISATION_FACTOR


def _amount(low: int, high: int, given: Circumstances) -> int:
    if given.mitigating < 0 or given.aggravating < 0:
        raise ValueError("circumstances: counts must be 0 or more")
    net = given.left
    if abs(net) == 1:
        return _chosen(low, high, given)
    if given.chosen_vnd is not None:
        raise NeedsOfficerError("chosen_vnd: the law fixes the amount here; leave the choice out")
    if net == 0:
        return (low + high) // 2
    return low if net < 0 else high


def _chosen(low: int, high: int, given: Circumstances) -> int:
    """Exactly one circumstance left: the officer moves off the average, towards the side it points to."""
    least, most = choice(low, high, given)
    if given.chosen_vnd is None or not given.reason.strip():
        raise NeedsOfficerError(
            f"one circumstance is left: choose an amount from {format_vnd(least)} to {format_vnd(most)} "
            "and give a reason"
        )
    if not least <= given.chosen_vnd <= most:
        raise NeedsOfficerError(
            f"chosen_vnd {given.chosen_vnd}: must lie from {format_vnd(least)} to {format_vnd(most)}"
        )
    return given.chosen_vnd


def _confidence(row: ActRow, liable: Liable, *, as_owner: bool) -> Confidence:
    """As sure as the row, but for two things that the texts do not settle.

    An organisation's doubled band rests, for camera cases, on the general rule only; and that an owner fined
    as owner loses no points is nowhere said.
    """
    doubled = liable == "organisation" and row.org_max_vnd is None
    return "unconfirmed" if doubled or as_owner else row.confidence


def _points_lost(row: ActRow, chosen: int | None, liable: Liable, *, as_owner: bool) -> int:
    """An organisation holds no licence; and none is touched as long as nobody is known to have driven."""
    return 0 if liable == "organisation" or as_owner else _points(row, chosen)


def _points(row: ActRow, chosen: int | None) -> int:
    if chosen is None and len(row.points) == 1:
        return row.points[0]
    if chosen is None:
        raise NeedsOfficerError(f"points: {row.code} allows {row.points}; choose by the degree found")
    if chosen not in row.points:
        raise NeedsOfficerError(f"points {chosen}: {row.code} allows {row.points}")
    return chosen


def _suspends_licence(row: ActRow) -> bool:
    return row.additional is not None and "suspension" in row.additional.lower()


def _sentences(
    row: ActRow, low: int, high: int, fine: int, points: int, *, as_owner: bool
) -> tuple[str, str]:
    if high == 0:
        return (
            f"{row.vi_name}: phạt cảnh cáo ({row.legal_ref_vi}).",
            f"{row.en_name}: a warning, no money ({row.legal_ref_en}).",
        )
    owner_vi = "; chủ phương tiện không hợp tác, khoản 8 Điều 47" if as_owner else ""
    owner_en = "; owner who did not help to find the driver, Article 47.8" if as_owner else ""
    points_vi = f", trừ {points} điểm giấy phép lái xe" if points else ""
    points_en = f", {points} licence points" if points else ""
    vi = (
        f"{row.vi_name}: phạt từ {format_vnd(low)} đến {format_vnd(high)}, mức áp dụng {format_vnd(fine)}"
        f"{points_vi} ({row.legal_ref_vi}{owner_vi})."
    )
    en = (
        f"{row.en_name}: {format_vnd_en(low)} to {format_vnd_en(high)}, amount applied {format_vnd_en(fine)}"
        f"{points_en} ({row.legal_ref_en}{owner_en})."
    )
    return vi, en


def parse(fines_csv: str, signing_csv: str) -> Catalogue:
    """A catalogue from the texts of the two tables. Raises TableError naming file, row and column."""
    version = hashlib.sha256((fines_csv + "\0" + signing_csv).encode()).hexdigest()[:12]
    return Catalogue(parse_acts(fines_csv), parse_signing_powers(signing_csv), version)


@cache
def load() -> Catalogue:
    """The packaged catalogue, read and checked once."""
    return parse(packaged_text("fines.csv"), packaged_text("signing_power.csv"))
