"""RFC 9421 as boxes use it: what was signed holds, anything else does not."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.http_signature import SignatureError, read_claim, signed_headers

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PATH = "/v1/cameras/pnt-01/file"


def headers(**changes: str) -> dict[str, str]:
    made = signed_headers("GET", PATH, device_id="box-01", key=KEY, created_s=1_780_000_000)
    return {name.lower(): value for name, value in made.items()} | changes


def test_a_request_tells_who_and_when():
    claim = read_claim(headers())
    assert (claim.device_id, claim.created_s) == ("box-01", 1_780_000_000)
    assert claim.holds("get", PATH, KEY.public_key())


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("POST", PATH, KEY),
        ("GET", "/v1/cameras/pnt-02/file", KEY),
        ("GET", PATH, Ed25519PrivateKey.generate()),
    ],
)
def test_another_request_or_key_does_not_hold(method, path, key):
    assert not read_claim(headers()).holds(method, path, key.public_key())


@pytest.mark.parametrize(
    ("old", "new"), [("1780000000", "1780000001"), ('keyid="box-01"', 'keyid="box-02"')], ids=str
)
def test_changed_words_do_not_hold(old, new):
    said = headers()["signature-input"].replace(old, new)
    assert not read_claim(headers(**{"signature-input": said})).holds("GET", PATH, KEY.public_key())


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": ""},
        {"signature": "box=:AAAA:"},
        {"signature-input": ""},
        {"signature-input": 'box=("@method");created=1;keyid="box-01";alg="ed25519"'},
        {"signature-input": 'sig=("@method" "@path");created=1;keyid="box-01";alg="ed25519"'},
    ],
    ids=str,
)
def test_other_headers_are_refused(changes):
    with pytest.raises(SignatureError):
        read_claim(headers(**changes))
