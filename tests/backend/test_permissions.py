"""Every address of the application, called as everybody who could call it, against docs/permissions.md."""

from __future__ import annotations

import re
import uuid

import pytest

from backend.accounts.roles import ROLES
from tests.backend.factories import make_account, sign_in
from tests.permissions import FOR_ALL_STAFF, OTHERS, Address, stated

CODE_STEP = "/dang-nhap/ma"  # who has given the code is told that none is owed
_REFUSED = "Tài khoản của bạn không có quyền làm việc này"
_VALUES = {"gateway": "vnpay", "kind": "notice", "role": "still_at", "channel": "sms", "what": "driver"}


@pytest.fixture
def as_(services, new_client):
    """`as_({"officer"})`: a client signed in as a person with exactly these roles; made once."""
    made = {}

    def client(roles: frozenset[str]):
        if roles not in made:
            name = f"nguoi-{len(made)}"
            with services.database.unit_of_work() as session:
                make_account(session, name, *sorted(roles))
            made[roles] = new_client()
            sign_in(made[roles], name)
        return made[roles]

    return client


def call(client, address: Address):
    values = lambda match: _VALUES.get(match[1], str(uuid.UUID(int=7)))  # noqa: E731
    return client.request(address.method, re.sub(r"\{(\w+)\}", values, address.path))


def _outcome(answer) -> str:
    """`out`: not signed in; `refused`: signed in, without the role; `in`: whatever the route itself said."""
    away = answer.status_code == 303 and answer.headers["location"].startswith("/dang-nhap?next=")
    if away or (answer.status_code == 401 and answer.json()["code"] == "not_signed_in"):
        return "out"
    refused = answer.status_code == 403 and ('"role_missing"' in answer.text or _REFUSED in answer.text)
    return "refused" if refused else "in"


@pytest.mark.parametrize("each", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_staff_get_in_where_the_table_says_so_and_nowhere_else(as_, new_client, each):
    """A role that is named gets in by itself; all the others, together in one person, do not.

    `each`: every role named is tried. Otherwise the first; tests/test_permissions.py reads the others.
    """
    everybody, wrong, nobody = frozenset(ROLES), [], new_client()
    for address, who in stated().items():
        if who in {*OTHERS, *FOR_ALL_STAFF}:
            continue
        named = frozenset(who.split())
        trying = sorted(named) if each else sorted(named)[:1]
        cases = [("in", frozenset({role})) for role in trying]
        for should, roles in (*cases, ("refused", everybody - named), ("out", None)):
            found = _outcome(call(nobody if roles is None else as_(roles), address))
            if found != should:
                whom = "nobody" if roles is None else " ".join(sorted(roles))
                wrong.append(f"{address.method} {address.path} as {whom}: {found}, not {should}")
    assert wrong == []


def test_pages_of_ones_own_ask_for_a_sign_in_and_for_no_role(new_client, staff):
    nobody = new_client()
    for number, (address, who) in enumerate(stated().items()):
        if who in FOR_ALL_STAFF:
            assert _outcome(call(nobody, address)) == "out", address
            if address.path != CODE_STEP:
                assert _outcome(call(staff(f"nguoi-{number}"), address)) == "in", address


def test_what_is_not_for_staff_opens_to_no_role(as_, new_client):
    """An owner's, a box's or a provider's address answers a person with all roles as it answers anybody."""
    nobody, all_roles, wrong = new_client(), as_(frozenset(ROLES)), []
    for address, who in stated().items():
        if who in OTHERS and who != "anyone":
            told, found = call(nobody, address), call(all_roles, address)
            if who in {"owner", "citizen"}:
                assert told.status_code in {303, 401}, address
            if (found.status_code, found.text[:200]) != (told.status_code, told.text[:200]):
                wrong.append(f"{address.method} {address.path}: {found.status_code}")
    assert wrong == []
