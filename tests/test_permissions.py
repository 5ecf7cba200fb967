"""Every address of the application has its line in docs/permissions.md."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from fastapi.routing import APIRoute, iter_route_contexts

from backend.accounts.roles import ROLES
from tests.permissions import FOR_ALL_STAFF, OTHERS, TABLE, Address, stated

_GUARDS = {
    "_own_dossier": "owner",
    "_signed_in": "citizen",
    "_at_any_stage": "signing in",
    "_current": "staff",
    "_signed_device": "box",
}


def routes(app) -> Iterator[tuple[Address, APIRoute]]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in route.methods - {"HEAD"}:
                yield Address(route.path, method), route


def guessed(dependant) -> str:
    """Who gets in by the guard in the code: what whoever adds an address is told."""
    guard = getattr(dependant.call, "__qualname__", "")
    if guard == "require_role.<locals>.guard":
        return " ".join(inspect.getclosurevars(dependant.call).nonlocals["roles"]) or "staff"
    below = [found for one in dependant.dependencies if (found := guessed(one)) != "anyone"]
    own = _GUARDS.get(guard)
    return own or next(iter(below), "anyone")


def test_every_address_is_in_the_table(app):
    known, there = stated(), dict(routes(app))
    missing = [
        f"| {one.method} | `{one.path}` | {guessed(there[one].dependant)} |"
        for one in sorted(there.keys() - known.keys())
    ]
    gone = [f"{one.method} {one.path}" for one in sorted(known.keys() - there.keys())]
    assert not missing, f"say in {TABLE.name} who may call these, e.g.:\n" + "\n".join(missing)
    assert not gone, f"in {TABLE.name}, but not in the application:\n" + "\n".join(gone)


def test_the_table_is_in_order_and_names_who_there_is():
    assert list(stated()) == sorted(stated())
    for address, who in stated().items():
        roles = {who} if who in {*OTHERS, *FOR_ALL_STAFF} else set(who.split())
        assert roles <= {*ROLES, *OTHERS, *FOR_ALL_STAFF}, address


def test_the_table_names_the_roles_that_the_guards_let_in(app):
    known = stated()
    differ = [
        f"{one.method} {one.path}: {known[one]} in the table, {found} in the code"
        for one, route in routes(app)
        if (found := guessed(route.dependant)) not in OTHERS and set(found.split()) != set(known[one].split())
    ]
    assert differ == []
