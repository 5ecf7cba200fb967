"""The e-ID as this province's settings describe it: which issuer, which claims, which level."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.errors import Problem
from backend.oidc.client import Client
from backend.oidc.keys import client_key
from backend.oidc.shared import shared_client
from backend.oidc.values import ClientConfig
from backend.settings import Settings

ENTER, LEFT = "/cua-toi/vao", "/cua-toi/da-thoat"
_ID_NUMBER = re.compile(r"[0-9]{9,14}")


@dataclass(frozen=True)
class Citizen:
    """Who signed in, in clear: lives in memory, and sealed in the session."""

    id_number: str
    name: str
    organisation: bool = False


def client_of(settings: Settings) -> Client:
    """This product at the e-ID, shared by all requests. Raises Problem 404 where there is no e-ID door."""
    if not settings.eid_issuer:
        raise Problem(
            404,
            "eid_not_offered",
            "Ở đây chưa đăng nhập được bằng định danh điện tử",
            "Sign-in by e-ID is not offered here",
            "Hãy xem hồ sơ bằng biển số, loại xe, số thông báo và mã tra cứu.",
            "Use the plate, the kind of vehicle, the notice number and the secret code.",
        )
    secret = settings.eid_client_secret.get_secret_value()
    key = None if secret else client_key(settings)
    return shared_client(
        ClientConfig(
            issuer=settings.eid_issuer,
            client_id=settings.eid_client_id,
            redirect_uri=f"{settings.public_url}{ENTER}",
            client_secret=secret or None,
            private_key_pem=key.pem if key else None,
            key_id=key.key_id if key else None,
            authorize=(("acr_values", settings.eid_acr_values),) if settings.eid_acr_values else (),
            timeout_s=settings.outside_timeout_s,
        )
    )


def high_enough(settings: Settings, acr: str | None) -> bool:
    """Whether the issuer says level 2; one that says nothing says no."""
    return acr in settings.eid_acr_level_2


def citizen_in(settings: Settings, claims: Mapping[str, Any]) -> Citizen | None:
    """Number and name out of the claims; None where the issuer does not tell them."""
    number = _text(claims, settings.eid_claim_id_number)
    name = _text(claims, settings.eid_claim_name)
    if not _ID_NUMBER.fullmatch(number) or not name:
        return None
    kind = _text(claims, settings.eid_claim_account_kind)
    return Citizen(number, name[:200], organisation=kind in settings.eid_organisation_kinds)


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
