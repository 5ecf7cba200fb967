"""What goes wrong outside, on request: toggled through `/control` of any of the servers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sandbox.people import FATE_NOTES, World
from sandbox.store import Store

Seconds = Annotated[float, Field(ge=0, le=120)]


class Faults(BaseModel):
    """Each is off by default. A wrong name is refused, so that a test cannot toggle nothing."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    registry_down: bool = False
    registry_delay_s: Seconds = 0
    population_down: bool = False
    gateway_down: bool = False
    ipn_twice: bool = False
    ipn_lost: bool = False
    ipn_wrong_amount: bool = False
    ipn_bad_signature: bool = False
    ipn_delay_s: Seconds = 0
    zalo_down: bool = False
    zalo_token_expired: bool = False
    zalo_per_minute: Annotated[int, Field(ge=0)] = 0
    zalo_quota: Annotated[int, Field(ge=0)] = 5000
    sms_down: bool = False
    sms_per_minute: Annotated[int, Field(ge=0)] = 0
    sms_unreachable: bool = False
    vneid_down: bool = False
    mail_down: bool = False
    mail_greylists: bool = False
    mail_bounces: bool = False
    eid_down: bool = False
    eid_wrong_nonce: bool = False
    eid_bad_signature: bool = False
    eid_expired: bool = False
    post_down: bool = False
    post_returns: bool = False
    post_cannot: bool = False
    post_silent: bool = False
    receipts_lost: bool = False
    receipts_twice: bool = False
    receipts_reversed: bool = False
    receipts_delay_s: Seconds = 0


class Change(Faults):
    """Some of the faults; the others stay as they are."""


def control_router(faults: Faults, world: World, store: Store) -> APIRouter:
    """`GET /control` tells all; `PATCH /control/faults` toggles some; `DELETE /control/faults` mends all."""
    router = APIRouter(prefix="/control", tags=["control"])

    @router.get("")
    def tell() -> dict[str, object]:
        return {
            "faults": faults.model_dump(),
            "registrations": [
                {
                    "plate": r.seen.plate,
                    "kind": r.seen.kind,
                    "ground_colour": r.seen.ground_colour,
                    "violates": r.seen.violates,
                    "fate": r.fate,
                    "note": FATE_NOTES[r.fate],
                    "owner": r.owner.as_owner(),
                }
                for r in world.registrations.values()
            ],
            "lookups": store.every("lookup"),
            "corrections": store.every("correction"),
            "orders": store.every("order"),
            "ipn_attempts": store.every("ipn"),
        }

    @router.patch("/faults")
    def toggle(change: Change) -> Faults:
        for name in change.model_fields_set:
            setattr(faults, name, getattr(change, name))
        return faults

    @router.delete("/faults")
    def mend() -> Faults:
        for name, value in Faults().model_dump().items():
            setattr(faults, name, value)
        return faults

    return router
