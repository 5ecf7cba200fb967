"""What goes in and out of the OpenID Connect client, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class OidcError(Exception):
    """A sign-in that cannot be trusted or did not happen.

    `code`: `denied` (the person or the issuer said no), `unavailable` (the issuer does not answer), or what
    was wrong: `discovery`, `state`, `token`, `id_token`, `keys`. The message is for the log only.
    """

    Code = Literal["denied", "unavailable", "discovery", "state", "token", "id_token", "keys"]

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """One registration at one issuer.

    `private_key_pem` (RSA or EC P-256) makes the client prove itself by private_key_jwt, else
    `client_secret` is sent (basic, or in the form where the issuer takes only that). `authorize` adds
    parameters to the authorization address, e.g. `("acr_values", "loa2")`.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: str | None = field(default=None, repr=False)
    private_key_pem: str | None = field(default=None, repr=False)
    key_id: str | None = None
    scopes: tuple[str, ...] = ("openid",)
    authorize: tuple[tuple[str, str], ...] = ()
    timeout_s: float = 5.0
    leeway_s: int = 60


@dataclass(frozen=True, slots=True)
class Pending:
    """What must be remembered between leaving and coming back; belongs to one browser and is used once."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what to remember meanwhile."""

    url: str
    pending: Pending


@dataclass(frozen=True, slots=True)
class Returned:
    """The query of the redirect address, as the browser brought it."""

    code: str | None = None
    state: str | None = None
    iss: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in, as the issuer's ID token says. Keep (issuer, subject), never e-mail or phone."""

    issuer: str
    subject: str
    acr: str | None
    amr: tuple[str, ...]
    claims: Mapping[str, Any]
    id_token: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """A sign-in that ended at the issuer: one session of a person where `sid` is told, else all."""

    subject: str | None
    sid: str | None


class Provider(BaseModel):
    """The issuer's description of itself (OpenID Connect Discovery 1.0, section 3)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    authorization_response_iss_parameter_supported: bool = False
