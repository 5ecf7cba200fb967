"""The issuer's side of OpenID Connect: clients, codes, tokens, keys. No HTTP here; pages in `oidc_pages`.

Code flow only, PKCE with S256 only; clients prove themselves by a signed assertion (private_key_jwt, RFC
7523) or, where they were registered with one, by a secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import extract_compact

from sandbox.faults import Faults
from sandbox.store import Store

CODE_LIVES_S = 60
TOKEN_LIVES_S = 600
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_ALGORITHMS = ["ES256", "PS256", "RS256"]
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_KEYS_PUBLISHED = 2


@dataclass(frozen=True)
class RefusedError(Exception):
    """An OAuth error with its code; `back` whether the client may be told by a redirect."""

    error: str
    description: str
    back: bool = True
    status: int = 400


@dataclass(frozen=True)
class Client:
    """A registered relying party. Its keys are given, or fetched from `jwks_uri`."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    jwks: dict[str, Any] | None = field(default=None, repr=False)
    jwks_uri: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Subject:
    """Somebody with an account at the issuer: what the chooser shows, and what user-info tells."""

    key: str
    name: str
    about: str
    claims: dict[str, Any]

    @property
    def sub(self) -> str:
        return str(self.claims["sub"])


@dataclass(frozen=True)
class Level:
    """A level of assurance the issuer knows, as `acr` names it."""

    acr: str
    vi: str
    en: str


@dataclass(frozen=True)
class Asked:
    """A checked authorisation request."""

    client: Client
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    acr_values: tuple[str, ...]
    prompt: str
    scope: str


@dataclass(frozen=True)
class Grant:
    """What a code stands for until it is exchanged."""

    asked: Asked
    subject: Subject
    level: str
    sid: str
    at: int


def left_half_hash(text: str) -> str:
    """`at_hash` of OpenID Connect Core 3.1.3.6, for SHA-256."""
    half = hashlib.sha256(text.encode()).digest()[:16]
    return urlsafe_b64encode(half).rstrip(b"=").decode()


class Issuer:
    """One issuer with its keys, clients, open codes and access tokens. `fetch` reads a client's JWKS.

    `levels` are the assurance levels it knows, the highest first; `url` is set once its port is known.
    """

    def __init__(
        self,
        store: Store,
        faults: Faults,
        fetch: Callable[[str], dict[str, Any]],
        *,
        name: str,
        levels: tuple[Level, ...],
    ) -> None:
        self._store, self.faults, self._fetch, self._name = store, faults, fetch, name
        self.levels = levels
        self.url = ""
        self._clients: dict[str, Client] = {}
        self._grants: dict[str, Grant] = {}
        self._used: dict[str, str] = {}
        self._tokens: dict[str, Grant] = {}
        self._assertions: set[str] = set()
        self._keys = [RSAKey.import_key(kept) for kept in (store.get("keys", name) or {}).get("keys", [])]
        if not self._keys:
            self.rotate()

    # -- keys -----------------------------------------------------------------------------------------

    def rotate(self) -> str:
        """Sign with a new key from now on; the one before stays published for tokens under way."""
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self._keys = [key, *self._keys][:_KEYS_PUBLISHED]
        kept = [one.as_dict(private=True) for one in self._keys]
        self._store.put("keys", self._name, {"keys": kept})
        return str(key.kid)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def _sign(self, claims: dict[str, Any], kind: str = "JWT") -> str:
        key = self._keys[0]
        text = jwt.encode({"alg": "RS256", "kid": key.kid, "typ": kind}, claims, key)
        return text[:-8] + "AAAAAAAA" if self.faults.eid_bad_signature else text

    # -- clients --------------------------------------------------------------------------------------

    def register(self, client: Client) -> None:
        self._clients[client.client_id] = client

    def client(self, client_id: str) -> Client:
        """Raises RefusedError, never to be told by a redirect: nobody knows where it would lead."""
        if client_id not in self._clients:
            raise RefusedError("invalid_client", f"client_id: {client_id!r} is unknown", back=False)
        return self._clients[client_id]

    def metadata(self) -> dict[str, Any]:
        """The discovery document."""
        at = f"{self.url}/oauth2"
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/jwks",
            "end_session_endpoint": f"{at}/logout",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "private_key_jwt",
                "client_secret_basic",
                "client_secret_post",
            ],
            "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid"],
            "acr_values_supported": [level.acr for level in self.levels],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    # -- the authorisation request --------------------------------------------------------------------

    def read_request(self, params: Mapping[str, str]) -> Asked:
        """Raises RefusedError."""
        client = self.client(params.get("client_id", ""))
        redirect_uri = params.get("redirect_uri", "")
        if redirect_uri not in client.redirect_uris:
            raise RefusedError(
                "invalid_request", f"redirect_uri: {redirect_uri!r} not registered", back=False
            )
        if params.get("response_type") != "code":
            raise RefusedError("unsupported_response_type", "response_type: must be code")
        if "openid" not in params.get("scope", "").split():
            raise RefusedError("invalid_scope", "scope: must contain openid")
        if params.get("code_challenge_method") != "S256" or len(params.get("code_challenge", "")) != 43:  # noqa: PLR2004 - base64url of 32 bytes
            raise RefusedError("invalid_request", "code_challenge: PKCE with S256 is needed")
        if not params.get("nonce"):
            raise RefusedError("invalid_request", "nonce: is missing")
        return Asked(
            client=client,
            redirect_uri=redirect_uri,
            state=params.get("state", ""),
            nonce=params["nonce"],
            challenge=params["code_challenge"],
            acr_values=tuple(params.get("acr_values", "").split()),
            prompt=params.get("prompt", ""),
            scope=params["scope"],
        )

    def grant(self, asked: Asked, subject: Subject, level: str, sid: str) -> str:
        """They have confirmed: a code that is good once, for a minute."""
        code = secrets.token_urlsafe(32)
        self._grants[code] = Grant(asked, subject, level, sid, int(time.time()))
        return code

    # -- the token endpoint ---------------------------------------------------------------------------

    def exchange(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> dict[str, Any]:
        """Tokens for a code. Raises RefusedError."""
        client = self._authenticated(form, basic)
        if form.get("grant_type") != "authorization_code":
            raise RefusedError("unsupported_grant_type", "grant_type: must be authorization_code")
        code = form.get("code", "")
        if code in self._used:
            self._tokens.pop(self._used[code], None)
            raise RefusedError("invalid_grant", "code: was used before; its token is revoked")
        grant = self._grants.pop(code, None)
        if grant is None or grant.at + CODE_LIVES_S < time.time():
            raise RefusedError("invalid_grant", "code: unknown, or older than a minute")
        if grant.asked.client.client_id != client.client_id:
            raise RefusedError("invalid_grant", "code: given to another client")
        if form.get("redirect_uri") != grant.asked.redirect_uri:
            raise RefusedError("invalid_grant", "redirect_uri: not the one of the request")
        verified = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(verified).rstrip(b"=").decode() != grant.asked.challenge:
            raise RefusedError("invalid_grant", "code_verifier: does not fit the challenge")
        token = secrets.token_urlsafe(32)
        self._tokens[token], self._used[code] = grant, token
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": TOKEN_LIVES_S,
            "scope": grant.asked.scope,
            "id_token": self._id_token(grant, token),
        }

    def _id_token(self, grant: Grant, access_token: str) -> str:
        now = int(time.time()) - (7200 if self.faults.eid_expired else 0)
        return self._sign(
            {
                "iss": self.url,
                "aud": grant.asked.client.client_id,
                "sub": grant.subject.sub,
                "iat": now,
                "exp": now + TOKEN_LIVES_S,
                "auth_time": grant.at,
                "nonce": "another" if self.faults.eid_wrong_nonce else grant.asked.nonce,
                "acr": grant.level,
                "sid": grant.sid,
                "at_hash": left_half_hash(access_token),
            }
        )

    def _authenticated(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> Client:
        if form.get("client_assertion_type") == ASSERTION_TYPE:
            return self._by_assertion(form.get("client_assertion", ""))
        client_id, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        client = self._clients.get(client_id)
        if client is None or not client.secret or not hmac.compare_digest(client.secret, secret):
            raise RefusedError("invalid_client", "client authentication failed", status=401)
        return client

    def _by_assertion(self, text: str) -> Client:
        """RFC 7523: signed by the client's key, for this endpoint, in time, and never seen before."""
        try:
            claims = self._claims_of_assertion(text)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise RefusedError("invalid_client", f"client_assertion: {error}", status=401) from error
        now, audience = time.time(), claims["aud"]
        audiences = audience if isinstance(audience, list) else [audience]
        faults = {
            "iss and sub must be the client": claims["iss"] == claims["sub"],
            "aud is not this issuer": bool({self.url, f"{self.url}/oauth2/token"} & set(audiences)),
            "exp is past or too far off": now < claims["exp"] <= now + 3600,
            "jti was used before": claims["jti"] not in self._assertions,
        }
        for sentence, good in faults.items():
            if not good:
                raise RefusedError("invalid_client", f"client_assertion: {sentence}", status=401)
        self._assertions.add(claims["jti"])
        return self._clients[claims["iss"]]

    def _claims_of_assertion(self, text: str) -> dict[str, Any]:
        """Claims under a signature of the client's. Raises JoseError, KeyError, ValueError."""
        unproved = _payload(text)
        client = self._clients[unproved["iss"]]
        keys = client.jwks or (self._fetch(client.jwks_uri) if client.jwks_uri else {"keys": []})
        token = jwt.decode(text, KeySet.import_key_set(keys), algorithms=ASSERTION_ALGORITHMS)  # type: ignore[arg-type]
        claims: dict[str, Any] = token.claims
        for name in ("iss", "sub", "aud", "exp", "jti"):
            if name not in claims:
                raise ValueError(f"{name} is missing")
        return claims

    # -- afterwards -----------------------------------------------------------------------------------

    def userinfo(self, access_token: str) -> dict[str, Any] | None:
        """The claims of whoever the token was given for; None for a token that is not good."""
        grant = self._tokens.get(access_token)
        if grant is None or grant.at + TOKEN_LIVES_S < time.time():
            return None
        return grant.subject.claims

    def logout_token(self, client: Client, subject: Subject, sid: str) -> str:
        """What a client is told behind the browser's back (OpenID Connect Back-Channel Logout 1.0)."""
        now = int(time.time())
        return self._sign(
            {
                "iss": self.url,
                "aud": client.client_id,
                "sub": subject.sub,
                "sid": sid,
                "iat": now,
                "exp": now + 120,
                "jti": secrets.token_urlsafe(16),
                "events": {_LOGOUT_EVENT: {}},
            },
            "logout+jwt",
        )

    def clients(self) -> tuple[Client, ...]:
        return tuple(self._clients.values())


def _payload(text: str) -> dict[str, Any]:
    """The claims of a token nobody has verified yet: only to find out whose key to try."""
    found = json.loads(extract_compact(text.encode()).payload)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004
    return found
