"""The OpenID Connect client against an issuer with real keys: what it believes, and what it refuses."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from backend.oidc.client import Client
from backend.oidc.values import ClientConfig, OidcError, Returned

ISSUER = "https://issuer.example/realm"
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
CONFIG = ClientConfig(
    issuer=ISSUER,
    client_id="phatnguoi",
    redirect_uri="https://phatnguoi.example/dang-nhap/oidc/ve",
    client_secret="a secret / with marks",
    scopes=("openid", "profile"),
    authorize=(("acr_values", "loa2"),),
)
KEY = ECKey.generate_key("P-256", {"kid": "1"})


class Issuer:
    """Answers as a standard issuer does; `token` and `description` bend what it says."""

    def __init__(self) -> None:
        self.key = KEY
        self.description: dict = {}
        self.claims: dict = {}
        self.algorithm = "ES256"
        self.asked: dict[str, list[httpx2.Request]] = {}
        self.nonce = self.challenge = ""
        self.raw: dict | None = None
        self.now = NOW

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        place = urlsplit(str(request.url)).path.removeprefix("/realm")
        self.asked.setdefault(place, []).append(request)
        return httpx2.Response(200, json=getattr(self, place.rsplit("/", 1)[1].replace("-", "_"))(request))

    def openid_configuration(self, _):
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            **self.description,
        }

    def jwks(self, _):
        strange = {"kty": "AKP", "alg": "ML-DSA-65", "kid": "pq", "pub": "AA"}
        return {"keys": [strange, self.key.as_dict(private=False)]}

    def userinfo(self, _):
        return {"sub": self.claims.get("sub", "person-1"), "name": "NGUYỄN VĂN MẪU"}

    def token(self, request):
        if self.raw is not None:
            return self.raw
        form = dict(parse_qsl(request.content.decode()))
        assert create_s256_code_challenge(form["code_verifier"]) == self.challenge
        at = int(self.now.timestamp())
        claims = {
            "iss": ISSUER,
            "sub": "person-1",
            "aud": "phatnguoi",
            "iat": at,
            "exp": at + 300,
            "nonce": self.nonce,
            "acr": "loa2",
            "amr": ["pwd", "otp"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        token = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def issuer():
    return Issuer()


def client_of(issuer, config=CONFIG, now=lambda: NOW):
    return Client(config, httpx2.Client(transport=httpx2.MockTransport(issuer)), now)


def sign_in(client, issuer, **returned):
    begun = client.begin()
    query = parse_qs(urlsplit(begun.url).query)
    issuer.nonce, issuer.challenge = query["nonce"][0], query["code_challenge"][0]
    back = Returned(code="code-1", state=begun.pending.state)
    return client.finish(replace(back, **returned), begun.pending)


def test_the_browser_is_sent_with_challenge_state_and_nonce(issuer):
    client = client_of(issuer)
    one, other = client.begin(prompt="login"), client.begin()
    query = dict(parse_qsl(urlsplit(one.url).query))

    assert one.url.startswith(f"{ISSUER}/authorize?")
    assert query["response_type"] == "code"
    assert query["scope"] == "openid profile"
    assert query["acr_values"] == "loa2"
    assert query["prompt"] == "login"
    assert query["code_challenge_method"] == "S256"
    assert query["code_challenge"] == create_s256_code_challenge(one.pending.verifier)
    assert one.pending.verifier not in one.url
    assert len({one.pending.state, one.pending.nonce, other.pending.state, other.pending.nonce}) == 4
    assert len(issuer.asked["/.well-known/openid-configuration"]) == 1


def test_who_came_back_is_known_by_issuer_and_subject(issuer):
    client = client_of(issuer)
    found = sign_in(client, issuer)

    assert (found.issuer, found.subject, found.acr, found.amr) == (ISSUER, "person-1", "loa2", ("pwd", "otp"))
    assert client.userinfo(found)["name"] == "NGUYỄN VĂN MẪU"
    basic = issuer.asked["/token"][0].headers["authorization"].removeprefix("Basic ")
    assert b64decode(basic) == b"phatnguoi:a%20secret%20%2F%20with%20marks"


def test_an_issuer_that_takes_secrets_in_the_form_gets_it_there(issuer):
    issuer.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    sign_in(client_of(issuer), issuer)

    form = dict(parse_qsl(issuer.asked["/token"][0].content.decode()))
    assert form["client_secret"] == "a secret / with marks"


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048), "RS256"),
        (ECKey.generate_key("P-256"), "ES256"),
    ],
)
def test_a_client_with_a_key_of_its_own_proves_itself_with_it(issuer, key, algorithm):
    pem = key.as_pem(private=True).decode()
    config = replace(CONFIG, client_secret=None, private_key_pem=pem, key_id="client-1")
    sign_in(client_of(issuer, config), issuer)

    form = dict(parse_qsl(issuer.asked["/token"][0].content.decode()))
    proof = jwt.decode(form["client_assertion"], key, algorithms=[algorithm])
    assert proof.header["kid"] == "client-1"
    assert proof.claims["iss"] == proof.claims["sub"] == "phatnguoi"
    assert proof.claims["aud"] == f"{ISSUER}/token"
    assert proof.claims["exp"] - proof.claims["iat"] == 60
    assert proof.claims["jti"]


def test_the_keys_may_change_at_any_time_but_are_not_asked_for_by_every_forged_token(issuer):
    clock = [NOW]
    client = client_of(issuer, now=lambda: clock[0])
    sign_in(client, issuer)
    issuer.key = ECKey.generate_key("P-256", {"kid": "2"})
    clock[0] = issuer.now = NOW + timedelta(minutes=1)

    assert sign_in(client, issuer).subject == "person-1"
    assert len(issuer.asked["/jwks"]) == 2
    published, issuer.key = issuer.key, ECKey.generate_key("P-256", {"kid": "3"})
    issuer.jwks = lambda _: {"keys": [published.as_dict(private=False)]}
    for _ in range(3):
        with pytest.raises(OidcError, match="id_token"):
            sign_in(client, issuer)
    assert len(issuer.asked["/jwks"]) == 2


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "somebody-else"},
        {"aud": ["phatnguoi", "other"], "azp": "other"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": int(NOW.timestamp()) - 61},
        {"iat": int(NOW.timestamp()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"exp": None},
        {"at_hash": "bm90IHRoaXMgdG9rZW4"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_now_is_refused(issuer, claims):
    issuer.claims = claims
    with pytest.raises(OidcError) as refused:
        sign_in(client_of(issuer), issuer)
    assert refused.value.code == "id_token"


def test_a_token_signed_by_nobody_or_under_a_shared_secret_is_refused(issuer):
    client = client_of(issuer)
    issuer.key, issuer.algorithm = OctKey.import_key("a secret / with marks" * 3, {"kid": "1"}), "HS256"
    issuer.jwks = lambda _: {"keys": [KEY.as_dict(private=False)]}
    with pytest.raises(OidcError, match="id_token"):
        sign_in(client, issuer)
    for raw in ({}, {"id_token": 7}, {"id_token": "eyJhbGciOiJub25lIn0.e30."}, {"id_token": "x"}):
        issuer.raw = raw
        with pytest.raises(OidcError, match="id_token"):
            sign_in(client, issuer)


@pytest.mark.parametrize(
    ("returned", "code"),
    [
        ({"state": "another"}, "state"),
        ({"state": None}, "state"),
        ({"iss": "https://attacker.example"}, "state"),
        ({"error": "access_denied", "code": None}, "denied"),
        ({"code": None}, "token"),
    ],
)
def test_an_answer_that_does_not_belong_here_is_refused_before_anything_is_asked(issuer, returned, code):
    with pytest.raises(OidcError) as refused:
        sign_in(client_of(issuer), issuer, **returned)
    assert refused.value.code == code
    assert "/token" not in issuer.asked


def test_an_issuer_that_promises_to_name_itself_must(issuer):
    issuer.description = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(OidcError, match="9207"):
        sign_in(client_of(issuer), issuer)
    assert sign_in(client_of(issuer), issuer, iss=ISSUER).subject == "person-1"


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://issuer.example/token"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_description_that_cannot_be_trusted_is_refused(issuer, description):
    issuer.description = description
    with pytest.raises(OidcError) as refused:
        client_of(issuer).begin()
    assert refused.value.code == "discovery"


def test_an_issuer_that_is_down_or_talks_nonsense_is_told_apart():
    def down(request):
        raise httpx2.ConnectError("refused", request=request)

    answers = {
        "unavailable": [down, lambda _: httpx2.Response(502)],
        "discovery": [
            lambda _: httpx2.Response(404, text="no"),
            lambda _: httpx2.Response(200, text="<html>"),
            lambda _: httpx2.Response(200, json=[1]),
        ],
    }
    for code, ways in answers.items():
        for way in ways:
            with pytest.raises(OidcError) as refused:
                client_of(way).begin()
            assert refused.value.code == code


def test_userinfo_about_somebody_else_is_refused(issuer):
    client = client_of(issuer)
    found = sign_in(client, issuer)
    issuer.claims = {"sub": "person-2"}
    with pytest.raises(OidcError, match="another person"):
        client.userinfo(found)


def test_secrets_do_not_show_in_representations(issuer):
    found = sign_in(client_of(issuer), issuer)
    assert "secret" not in repr(CONFIG).replace("client_secret", "")
    assert found.id_token not in repr(found)
