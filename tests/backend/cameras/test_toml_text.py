"""What the editor writes means what was drawn: every camera file here survives the way there and back."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cameras.looking import look_at
from backend.cameras.toml_text import toml_text
from tests.conftest import REPOSITORY

FILES = sorted([*REPOSITORY.glob("sample_videos/*/camera.toml"), *REPOSITORY.glob("cameras/field/*.toml")])
KEYS = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
PLAIN = st.one_of(
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e4, 1e4).map(lambda value: round(value, 4)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4), max_leaves=10)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)
DOCUMENTS = st.dictionaries(
    KEYS, st.one_of(VALUES, TABLES, st.lists(TABLES, min_size=1, max_size=3)), max_size=5
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_camera_files_come_back(path):
    raw = tomllib.loads(path.read_text())
    assert tomllib.loads(toml_text(raw)) == raw
    look = look_at(raw["id"], document=look_at(raw["id"], content=path.read_text()).document)
    assert look.faults == []


@given(DOCUMENTS)
def test_any_document_comes_back(document):
    assert tomllib.loads(toml_text(document)) == document
