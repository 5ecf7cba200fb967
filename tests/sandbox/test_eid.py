"""The e-ID issuer as a client of the standard meets it, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

KEY = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
VERIFIER = "a-verifier-of-at-least-43-characters-0123456789"
BACK = "http://127.0.0.1:9/back"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Party:
    """A relying party that does everything right, unless told otherwise."""

    def __init__(self, sandbox):
        self.http, self.url = sandbox.client, sandbox.at["eid"]["url"]
        self.http.cookies.clear()
        self.citizen = sandbox.control()["registrations"][0]["owner"]
        self.http.put(
            f"{self.url}/control/clients/rp",
            json={"name": "RP", "redirect_uris": [BACK], "jwks": {"keys": [KEY.as_dict(private=False)]}},
        )

    def request(self, **change) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        values = {
            "client_id": "rp",
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "openid",
            "state": "s1",
            "nonce": "n1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | change
        return f"{self.url}/oauth2/authorize?{urlencode({k: v for k, v in values.items() if v})}"

    def code(self, **form) -> str:
        form = {"account": self.citizen["id_number"], "decision": "confirm", "level": "LoA2"} | form
        answer = self.http.post(self.request(), data=form)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def assertion(self, key=KEY, **change) -> str:
        claims = {
            "iss": "rp",
            "sub": "rp",
            "aud": f"{self.url}/oauth2/token",
            "jti": uuid.uuid4().hex,
            "exp": int(time.time()) + 60,
        } | change
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)

    def token(self, fresh: str, **change):
        form = {
            "grant_type": "authorization_code",
            "code": fresh,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
            "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(),
        } | change
        return self.http.post(f"{self.url}/oauth2/token", data=form)


@pytest.fixture
def party(sandbox):
    return Party(sandbox)


def test_a_code_becomes_tokens_and_claims(party):
    metadata = party.http.get(f"{party.url}/.well-known/openid-configuration").json()
    tokens = party.token(party.code()).json()
    keys = KeySet.import_key_set(party.http.get(metadata["jwks_uri"]).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims

    assert metadata["issuer"] == party.url == claims["iss"]
    assert (claims["aud"], claims["nonce"], claims["acr"]) == ("rp", "n1", "LoA2")
    told = party.http.get(
        metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {tokens['access_token']}"}
    ).json()
    assert told["sub"] == claims["sub"]
    assert (told["SoDinhDanh"], told["HoVaTen"]) == (party.citizen["id_number"], party.citizen["name"])
    assert told["LoaiTaiKhoan"] == "1"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "stranger"}, None),
        ({"redirect_uri": "https://evil.invalid/"}, None),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_request_that_is_not_right_is_refused(party, change, error):
    answer = party.http.get(party.request(**change))
    if error is None:
        assert answer.status_code == 400  # told to the person, never sent on to an address nobody registered
    else:
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        assert (query["error"], query["state"]) == ([error], ["s1"])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "invented"}, "invalid_grant"),
        ({"code_verifier": "another-verifier-of-at-least-43-characters-01"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:9/other"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion": "a.b.c"}, "invalid_client"),
        ({"client_assertion_type": "", "client_id": "rp"}, "invalid_client"),
    ],
)
def test_a_token_request_that_is_not_right_is_refused(party, change, error):
    answer = party.token(party.code(), **change)
    assert answer.json()["error"] == error
    assert answer.status_code == (401 if error == "invalid_client" else 400)


def test_an_assertion_must_be_the_clients_for_this_issuer_in_time_and_fresh(party):
    strange = ECKey.generate_key("P-256", {"kid": KEY.kid})
    wrong = [
        party.assertion(strange),
        party.assertion(aud="https://other.invalid/token"),
        party.assertion(exp=int(time.time()) - 1),
        party.assertion(sub="somebody"),
    ]
    for text in wrong:
        assert party.token(party.code(), client_assertion=text).status_code == 401
    used = party.assertion()
    assert party.token(party.code(), client_assertion=used).status_code == 200
    assert party.token(party.code(), client_assertion=used).status_code == 401


def test_a_code_used_twice_takes_its_token_back(party):
    code = party.code()
    access = party.token(code).json()["access_token"]
    assert party.token(code).json()["error"] == "invalid_grant"
    headers = {"Authorization": f"Bearer {access}"}
    assert party.http.get(f"{party.url}/oauth2/userinfo", headers=headers).status_code == 401


def test_after_a_change_of_keys_both_are_published(party):
    before = party.http.get(f"{party.url}/oauth2/jwks").json()["keys"]
    kid = party.http.post(f"{party.url}/control/rotate").json()["kid"]
    after = [key["kid"] for key in party.http.get(f"{party.url}/oauth2/jwks").json()["keys"]]
    assert after == [kid, before[0]["kid"]]


def test_a_client_with_a_secret_may_send_it(party):
    party.http.put(
        f"{party.url}/control/clients/rp", json={"name": "RP", "redirect_uris": [BACK], "secret": "s3cret"}
    )
    form = {"client_assertion_type": "", "client_id": "rp", "client_secret": "s3cret"}
    assert party.token(party.code(), **form).status_code == 200
    assert party.token(party.code(), **form | {"client_secret": "guess"}).status_code == 401


def test_the_pages_are_in_both_languages(party):
    page = party.http.get(party.request(ui_locales="en")).text
    assert "Who are you?" in page
    assert party.citizen["name"] in party.http.get(party.request()).text
