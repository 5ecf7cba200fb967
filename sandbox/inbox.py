"""What a citizen's phone and letter box show, and who has anything in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from sandbox.pages import as_page_time, render, wants_json
from sandbox.people import Person, World
from sandbox.store import Store

# The approved template's words lie at Zalo; a message carries the parameters only.
LABELS = {
    "unit": ("Đơn vị", "Unit"),
    "plate": ("Biển số", "Plate"),
    "number": ("Số giấy tờ", "Paper no."),
    "sent_on": ("Ngày", "Date"),
    "due_on": ("Hết hạn", "Due by"),
    "paid_on": ("Ngày nộp", "Paid on"),
}


def entry(channel: str, to: str, content: dict[str, Any]) -> dict[str, Any]:
    """A message as the inbox keeps it; `to` is a phone, an identification number or an address."""
    return {"channel": channel, "to": to, "at": datetime.now(UTC).isoformat(), "content": content}


def local(phone: str) -> str:
    return "0" + phone.removeprefix("84")


def letter_box(name: str, address: str) -> str:
    """The key of a letter box: who lives where."""
    return " ".join(f"letter {name} {address}".upper().split())


def add_inbox(app: FastAPI, world: World, store: Store) -> None:
    @app.get("/")
    @app.get("/inbox")
    def inbox(
        request: Request, phone: str = "", id_number: str = "", email: str = "", lang: str = "vi"
    ) -> Response:
        """What one citizen got, by phone, identification number or e-mail address."""
        person = world.people.get(id_number) or world.phones.get(phone)
        addresses = ({phone, id_number, email} | _addresses(person)) - {""}
        mine = [one for one in store.every("message") if one["to"] in addresses]
        if wants_json(request):
            return JSONResponse({"messages": mine})
        if not addresses:
            return HTMLResponse(render("phones.html", lang, people=_reached(world, store)))
        shown = [one | {"when": as_page_time(one["at"])} for one in reversed(mine)]
        return HTMLResponse(
            render(
                "inbox.html",
                lang,
                person=person,
                who=phone or id_number or email,
                here=request.url.include_query_params(lang="vi" if lang == "en" else "en").query,
                messages=shown,
                labels=LABELS,
            )
        )


def _addresses(person: Person | None) -> set[str]:
    if person is None:
        return set()
    return {person.phone, person.id_number, letter_box(person.name, person.address)}


def _reached(world: World, store: Store) -> list[dict[str, Any]]:
    """Everybody with a message, the one with the newest first."""
    boxes = {letter_box(person.name, person.address): person for person in world.people.values()}
    last: dict[str, dict[str, Any]] = {}
    for one in store.every("message"):
        person = world.people.get(one["to"]) or world.phones.get(one["to"]) or boxes.get(one["to"])
        who = person.id_number if person else one["to"]
        count = last.pop(who, {"count": 0})["count"] + 1
        last[who] = {
            "person": person,
            "who": one["to"],
            "channel": one["channel"],
            "count": count,
            "when": as_page_time(one["at"]),
        }
    return list(reversed(last.values()))
