from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.owners.vault import Vault, VaultError, masked_id, masked_name, masked_phone

vault = Vault("a secret key")
words = st.text(min_size=1, max_size=80)


@given(words, words, words)
def test_what_is_sealed_opens_only_for_its_own_field_and_row(text, field, row):
    sealed = vault.seal(field, row, text)
    assert vault.open(field, row, sealed) == text
    assert text.encode() not in sealed or len(text) < 3
    for other_field, other_row in ((field + "x", row), (field, row + "x")):
        with pytest.raises(VaultError):
            vault.open(other_field, other_row, sealed)


@given(words, st.integers(min_value=0))
def test_a_changed_byte_is_noticed(text, place):
    sealed = bytearray(vault.seal("name", 1, text))
    sealed[place % len(sealed)] ^= 1
    with pytest.raises(VaultError):
        vault.open("name", 1, bytes(sealed))


def test_another_key_opens_nothing_and_finds_nothing():
    other = Vault("another key")
    with pytest.raises(VaultError):
        other.open("name", 1, vault.seal("name", 1, "NGUYỄN VĂN MẪU"))
    assert other.index("phone", "0900000001") != vault.index("phone", "0900000001")


@given(words, words)
def test_the_index_is_the_same_for_the_same_and_only_for_the_same(one, two):
    assert (vault.index("id_number", one) == vault.index("id_number", two)) == (one == two)
    assert vault.index("id_number", one) != vault.index("phone", one)


@pytest.mark.parametrize(
    ("mask", "clear", "shown"),
    [
        (masked_id, "000299001234", "000******234"),
        (masked_id, "12345", "*****"),
        (masked_name, "NGUYỄN VĂN MẪU", "NGUYỄN V** M**"),
        (masked_name, "", ""),
        (masked_phone, "0900000123", "*******123"),
        (masked_phone, "12", "12"),
    ],
)
def test_masks(mask, clear, shown):
    assert mask(clear) == shown
