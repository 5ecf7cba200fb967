"""The vehicle register and the population database: every question names an officer and a procedure."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sandbox.faults import Faults, control_router
from sandbox.people import Person, World
from sandbox.store import Store

# Purpose limitation: what a fine needs of a person, and nothing else of the population record.
PERSON_FIELDS = frozenset(
    {"id_number", "name", "birth_date", "sex", "permanent_address", "current_address", "phone"}
)
NOBODY = frozenset({"", "system", "service", "root"})


class Asked(BaseModel):
    """The head of every question: the police audit by it."""

    model_config = ConfigDict(extra="forbid")

    request_id: Annotated[str, Field(min_length=1, max_length=40)]
    officer_id: Annotated[str, Field(max_length=80)]
    procedure_code: Annotated[str, Field(min_length=1, max_length=40)]


class VehicleQuestion(Asked):
    plate: Annotated[str, Field(pattern=r"^[A-Z0-9]{5,12}$")]
    ground_colour: Literal["white", "yellow", "blue", "red", "unknown"]
    vehicle_kind: str
    at: AwareDatetime


class PersonQuestion(Asked):
    id_number: Annotated[str, Field(pattern=r"^\d{9,12}$")]
    name: Annotated[str, Field(min_length=1)]
    birth_date: date | None = None
    fields: Annotated[list[str], Field(min_length=1)]


class CorrectedField(BaseModel):
    """One field that a person found to be otherwise than the register says."""

    model_config = ConfigDict(extra="forbid")

    field: Literal["name", "id_number", "phone", "address"]
    was: str | None
    now: Annotated[str, Field(min_length=1, max_length=300)]


class Correction(VehicleQuestion):
    fields: Annotated[list[CorrectedField], Field(min_length=1)]
    reason: Annotated[str, Field(min_length=5, max_length=500)]


def create_registry(world: World, store: Store, faults: Faults) -> FastAPI:
    app = FastAPI(title="Sandbox: vehicle register and population database (made-up data)")
    app.include_router(control_router(faults, world, store))

    @app.get("/control/paper-files/{plate}", tags=["control"])
    def paper_file(plate: str) -> JSONResponse:
        """What a clerk finds by hand in the paper file of a registration; no machine could ask for it."""
        registration = world.registrations.get(plate)
        if registration is None:
            return _refusal(404, "no_paper_file", f"no paper file for the plate {plate}")
        return JSONResponse({"plate": plate, "owner": registration.owner.as_owner()})

    _add_vehicles(app, world, store, faults)
    _add_people(app, world, store, faults)
    _add_corrections(app, store, faults)
    return app


def _add_vehicles(app: FastAPI, world: World, store: Store, faults: Faults) -> None:
    @app.post("/v1/vehicles/lookup")
    async def look_up_vehicle(question: VehicleQuestion) -> JSONResponse:
        await asyncio.sleep(faults.registry_delay_s)
        if faults.registry_down:
            return _refusal(503, "unavailable", "the register is being maintained")
        if _is_nobody(question):
            return _refusal(403, "officer_unknown", "officer_id: every look-up needs the officer who asks")
        answer = _find_vehicle(world, question)
        _log(store, "vehicle", question, "found" if answer else "not_found")
        return _not_found() if answer is None else JSONResponse(answer)


def _add_corrections(app: FastAPI, store: Store, faults: Faults) -> None:
    @app.post("/v1/vehicles/corrections")
    def correct_vehicle(correction: Correction) -> JSONResponse:
        """Taken in for a clerk to check; what the register answers does not change by itself."""
        if faults.registry_down:
            return _refusal(503, "unavailable", "the register is being maintained")
        if _is_nobody(correction):
            return _refusal(403, "officer_unknown", "officer_id: every correction needs who found it")
        known = store.get("correction", correction.request_id)
        receipt = known["receipt"] if known else f"HC-{store.count('correction') + 1:06d}"
        store.put(
            "correction", correction.request_id, {**correction.model_dump(mode="json"), "receipt": receipt}
        )
        return JSONResponse({"status": "received", "receipt": receipt}, 202)


def _add_people(app: FastAPI, world: World, store: Store, faults: Faults) -> None:
    @app.post("/v1/persons/lookup")
    async def look_up_person(question: PersonQuestion) -> JSONResponse:
        if faults.population_down:
            return _refusal(503, "unavailable", "the population database is being maintained")
        if _is_nobody(question):
            return _refusal(403, "officer_unknown", "officer_id: every look-up needs the officer who asks")
        refused = sorted(set(question.fields) - PERSON_FIELDS)
        if refused:
            return _refusal(403, "field_not_allowed", f"fields: {', '.join(refused)} not for this procedure")
        person = _find_person(world, question)
        _log(store, "person", question, "found" if person else "not_found")
        if person is None:
            return _not_found()
        record = _record(person)
        asked = {name: record[name] for name in sorted(set(question.fields))}
        return JSONResponse({"status": "found", "person": asked})


def _is_nobody(question: Asked) -> bool:
    return question.officer_id.strip().lower() in NOBODY


def _find_vehicle(world: World, question: VehicleQuestion) -> dict[str, Any] | None:
    registration = world.registrations.get(question.plate)
    answer = registration.answer() if registration else None
    if answer is None:
        return None
    # The same characters on another ground belong to another vehicle.
    return answer if question.ground_colour in ("unknown", answer["vehicle"]["ground_colour"]) else None


def _find_person(world: World, question: PersonQuestion) -> Person | None:
    """A number without a check digit proves nothing: the name must fit, and the birth date where given."""
    person = world.people.get(question.id_number)
    if person is None or person.name.casefold() != question.name.strip().casefold():
        return None
    return person if question.birth_date in (None, person.birth_date) else None


def _record(person: Person) -> dict[str, Any]:
    return {
        "id_number": person.id_number,
        "name": person.name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "sex": person.sex,
        "permanent_address": person.address,
        "current_address": person.address,
        "phone": person.phone,
    }


def _log(store: Store, what: str, question: Asked, result: str) -> None:
    asked = {
        "what": what,
        "request_id": question.request_id,
        "officer_id": question.officer_id,
        "procedure_code": question.procedure_code,
        "result": result,
        "at": datetime.now(UTC).isoformat(),
    }
    store.put("lookup", f"{what}:{store.count('lookup')}:{question.request_id}", asked)


def _not_found() -> JSONResponse:
    return JSONResponse({"status": "not_found", "code": "not_found"}, 404)


def _refusal(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"status": "refused", "code": code, "message": message}, status)
