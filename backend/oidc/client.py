"""The client: where to send the browser, and who came back (OIDC Core 1.0, RFC 7636, 7523, 9207)."""

from __future__ import annotations

import base64
import hmac
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from pydantic import ValidationError

from backend.oidc.values import Begun, ClientConfig, Ended, Identity, OidcError, Pending, Provider, Returned

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519")
"""Signatures that are believed; `none` and shared secrets are not among them."""
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIVES_S: Final = 60
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_KEPT_FOR: Final = timedelta(hours=1)
_KEYS_AGAIN_AFTER: Final = timedelta(seconds=30)
_LOCAL: Final = {"localhost", "127.0.0.1", "::1"}
_LARGEST_ANSWER: Final = 256 * 1024
_OK: Final = 200


class Client:
    """One registration at one issuer; safe to share between threads.

    The issuer's description and keys are read when first needed and kept for an hour; a token under an
    unknown key has the keys read again, at most every 30 s: an issuer may change its keys at any time.
    """

    def __init__(self, config: ClientConfig, http: httpx2.Client, now: Callable[[], datetime]) -> None:
        self.config = config
        self._http = http
        self._now = now
        self._lock = threading.Lock()
        self._provider: tuple[datetime, Provider] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def begin(self, **extra: str) -> Begun:
        """The address to send the browser to. `extra` adds parameters, e.g. `prompt="login"`.

        Raises OidcError `unavailable` or `discovery`.
        """
        provider, config = self.provider(), self.config
        pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)))
        query = {
            "response_type": "code",
            "client_id": config.client_id,
            "redirect_uri": config.redirect_uri,
            "scope": " ".join(config.scopes),
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": create_s256_code_challenge(pending.verifier),
            "code_challenge_method": "S256",
            **dict(config.authorize),
            **extra,
        }
        joint = "&" if urlsplit(provider.authorization_endpoint).query else "?"
        return Begun(f"{provider.authorization_endpoint}{joint}{urlencode(query)}", pending)

    def finish(self, returned: Returned, pending: Pending) -> Identity:
        """Who came back: the code is exchanged and the ID token checked. Raises OidcError."""
        if not hmac.compare_digest((returned.state or "").encode(), pending.state.encode()):
            raise OidcError("state", "the answer belongs to another sign-in")
        provider = self.provider()
        if returned.iss is None and provider.authorization_response_iss_parameter_supported:
            raise OidcError("state", "the answer does not say which issuer it is from (RFC 9207)")
        if returned.iss is not None and returned.iss != self.config.issuer:
            raise OidcError("state", f"the answer is from {returned.iss}")
        if returned.error is not None:
            raise OidcError("denied", returned.error)
        if not returned.code:
            raise OidcError("token", "the answer brings no code")
        tokens = self._exchange(provider, returned.code, pending)
        return self._identity(provider, tokens, pending)

    def userinfo(self, identity: Identity) -> dict[str, Any]:
        """Further claims from the issuer. Raises OidcError; also where they are about somebody else."""
        endpoint = self.provider().userinfo_endpoint
        if endpoint is None or identity.access_token is None:
            raise OidcError("discovery", "the issuer offers no userinfo")
        headers = {"Authorization": f"Bearer {identity.access_token}"}
        claims = self._json("GET", endpoint, headers=headers, fault="token")
        if claims.get("sub") != identity.subject:
            raise OidcError("token", "userinfo is about another person")
        return claims

    def end_session_url(self, identity_token: str, back_to: str) -> str | None:
        """Where to sign out at the issuer too; None where it offers that nowhere."""
        endpoint = self.provider().end_session_endpoint
        if endpoint is None:
            return None
        query = {"id_token_hint": identity_token, "post_logout_redirect_uri": back_to}
        return f"{endpoint}?{urlencode(query)}"

    def ended(self, logout_token: str) -> Ended:
        """Whose sign-in has ended, as the issuer says behind the browser's back. Raises OidcError.

        OpenID Connect Back-Channel Logout 1.0, section 2.6; `jti` is not remembered: ending twice is ending.
        """
        token = self._decoded(self.provider(), logout_token)
        claims = CodeIDToken(token.claims, token.header, options=self._expected())
        claims.ESSENTIAL_CLAIMS = ["iss", "aud", "iat", "exp", "jti"]
        self._validate(claims)
        events, subject, sid = (token.claims.get(name) for name in ("events", "sub", "sid"))
        if not isinstance(events, dict) or _LOGOUT_EVENT not in events or "nonce" in token.claims:
            raise OidcError("id_token", "not a logout token")
        if not isinstance(subject or sid, str):
            raise OidcError("id_token", "the logout token names neither person nor session")
        return Ended(subject, sid)

    def provider(self) -> Provider:
        """The issuer's own description, which must name the issuer that was configured."""
        with self._lock:
            kept = self._provider
        if kept is not None and self._now() - kept[0] < _KEPT_FOR:
            return kept[1]
        address = f"{self.config.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = Provider.model_validate(self._json("GET", address, fault="discovery"))
        except ValidationError as error:
            raise OidcError("discovery", f"{address}: {error.error_count()} fields wrong") from error
        if found.issuer != self.config.issuer:
            raise OidcError("discovery", f"{address} is of {found.issuer}")
        for endpoint in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            _require_tls(endpoint)
        with self._lock:
            self._provider = (self._now(), found)
        return found

    def _exchange(self, provider: Provider, code: str, pending: Pending) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.config.redirect_uri,
            "code_verifier": pending.verifier,
        }
        headers = self._prove(provider, form)
        return self._json("POST", provider.token_endpoint, headers=headers, form=form, fault="token")

    def _prove(self, provider: Provider, form: dict[str, str]) -> dict[str, str]:
        """Prove who asks: into the form, or as a header."""
        config = self.config
        if config.private_key_pem is not None:
            key, algorithm = _client_key(config.private_key_pem)
            header = {"kid": config.key_id} if config.key_id else {}
            assertion = private_key_jwt_sign(
                key,
                config.client_id,
                provider.token_endpoint,
                alg=algorithm,
                claims={},
                header=header,
                issued_at=int(self._now().timestamp()),
                expires_in=_ASSERTION_LIVES_S,
            )
            form |= {
                "client_id": config.client_id,
                "client_assertion_type": _ASSERTION,
                "client_assertion": assertion,
            }
            return {}
        if config.client_secret is None:
            form["client_id"] = config.client_id
            return {}
        if "client_secret_basic" in provider.token_endpoint_auth_methods_supported:
            pair = f"{quote(config.client_id, safe='')}:{quote(config.client_secret, safe='')}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        form |= {"client_id": config.client_id, "client_secret": config.client_secret}
        return {}

    def _identity(self, provider: Provider, tokens: dict[str, Any], pending: Pending) -> Identity:
        raw, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(raw, str):
            raise OidcError("id_token", "the issuer sent none")
        token = self._decoded(provider, raw)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options=self._expected(),
            params={"nonce": pending.nonce, "client_id": self.config.client_id, "access_token": access},
        )
        self._validate(claims)
        acr, subject = token.claims.get("acr"), token.claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise OidcError("id_token", "sub is no text")
        return Identity(
            issuer=self.config.issuer,
            subject=subject,
            acr=acr if isinstance(acr, str) else None,
            amr=tuple(str(one) for one in token.claims.get("amr") or ()),
            claims=dict(token.claims),
            id_token=raw,
            access_token=access if isinstance(access, str) else None,
        )

    def _expected(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.config.issuer},
            "aud": {"essential": True, "value": self.config.client_id},
        }

    def _validate(self, claims: CodeIDToken) -> None:
        try:
            claims.validate(now=int(self._now().timestamp()), leeway=self.config.leeway_s)
        except JoseError as error:
            raise OidcError("id_token", f"{type(error).__name__}: {error}") from error

    def _decoded(self, provider: Provider, raw: str) -> jwt.Token:
        try:
            return jwt.decode(raw, self._key_set(provider), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            fresh = self._key_set(provider, again=True)
        try:
            return jwt.decode(raw, fresh, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError) as error:
            raise OidcError("id_token", f"{type(error).__name__}: {error}") from error

    def _key_set(self, provider: Provider, *, again: bool = False) -> KeySet:
        with self._lock:
            kept = self._keys
        if kept is not None and self._now() - kept[0] < (_KEYS_AGAIN_AFTER if again else _KEPT_FOR):
            return kept[1]
        found = self._json("GET", provider.jwks_uri, fault="keys")
        try:
            keys = KeySet.import_key_set(_signing_keys(found))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OidcError("keys", f"{provider.jwks_uri}: {error}") from error
        with self._lock:
            self._keys = (self._now(), keys)
        return keys

    def _json(
        self,
        method: str,
        address: str,
        *,
        fault: OidcError.Code,
        headers: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        _require_tls(address)
        try:
            answer = self._http.request(
                method,
                address,
                headers={"Accept": "application/json", **(headers or {})},
                data=form,
                timeout=self.config.timeout_s,
            )
        except httpx2.HTTPError as error:
            raise OidcError("unavailable", f"{address}: {type(error).__name__}") from error
        if answer.is_server_error:
            raise OidcError("unavailable", f"{address}: HTTP {answer.status_code}")
        found = _body(answer)
        if answer.status_code != _OK:
            raise OidcError(fault, f"{address}: HTTP {answer.status_code} {found.get('error', '')}".strip())
        return found


def _body(answer: httpx2.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty where it is none."""
    if len(answer.content) > _LARGEST_ANSWER:
        return {}
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _signing_keys(found: dict[str, Any]) -> Any:  # the library's own dictionary type
    """The public keys that sign; those of a kind nobody here knows are left out, not an error."""
    keys = found["keys"]
    known = ("RSA", "EC", "OKP")
    return {"keys": [one for one in keys if one.get("kty") in known and one.get("use", "sig") == "sig"]}


def _client_key(pem: str) -> tuple[RSAKey | ECKey, str]:
    """The client's own key and the algorithm it signs with. Raises OidcError for a key of another kind."""
    kinds: tuple[tuple[type[RSAKey | ECKey], str], ...] = ((RSAKey, "RS256"), (ECKey, "ES256"))
    for kind, algorithm in kinds:
        try:
            return kind.import_key(pem), algorithm
        except (JoseError, ValueError, TypeError):
            continue
    raise OidcError("token", "the client's private key is neither RSA nor EC in PEM")


def _require_tls(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise OidcError("discovery", f"{address}: must be https")
