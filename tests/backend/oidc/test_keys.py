"""The client's own key: from a file, or made from the secret; only the public half leaves."""

from __future__ import annotations

import pytest
from joserfc.jwk import ECKey, RSAKey

from backend.oidc.keys import KeyFileError, client_key


@pytest.mark.parametrize("key", [ECKey.generate_key("P-256"), RSAKey.generate_key(2048)], ids=["ec", "rsa"])
def test_a_file_may_hold_either_kind(tmp_path, settings, key):
    file = tmp_path / "key.pem"
    file.write_bytes(key.as_pem(private=True))
    found = client_key(settings.model_copy(update={"oidc_key_file": file}))
    assert found.public["kid"] == found.key_id == key.thumbprint()
    assert not {"d", "p", "q"} & set(found.public)


@pytest.mark.parametrize(
    "content",
    [b"", b"no key", ECKey.generate_key("P-256").as_pem(private=False)],
    ids=["empty", "text", "public"],
)
def test_another_file_is_named_and_refused(tmp_path, settings, content):
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(KeyFileError, match=r"OIDC_KEY_FILE: .*key\.pem"):
        client_key(settings.model_copy(update={"oidc_key_file": file}))


def test_the_secret_makes_the_same_key_everywhere_and_its_public_half_is_published(settings, client):
    other = settings.model_copy(update={"secret_key": type(settings.secret_key)("another")})
    assert client_key(settings).public != client_key(other).public
    assert client.get("/.well-known/jwks.json").json() == {"keys": [client_key(settings).public]}
