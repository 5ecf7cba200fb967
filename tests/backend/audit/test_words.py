"""Everything that the code writes into the log has its words, in both languages."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from backend.audit.words import ACTIONS, ACTORS, DETAILS, SUBJECTS, VALUES, offered
from backend.cameras.asks import AskKind
from backend.fleets.models import CompanyState, PlateState
from backend.owners.models import CorrectionState, LookupState
from backend.rechecks.models import RecheckState
from tests.conftest import REPOSITORY

CODE = [path for path in sorted((REPOSITORY / "backend").rglob("*.py")) if "migrations" not in path.parts]
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_WITHOUT = ("audit/words.py", "fleets/outbox.py", "transfers/contents.py", "demo/clip.py", "review/labels.py")
"""No acts are written there: the words themselves, names of files, and of what companies are told."""
_COLUMNS = (".id", ".device_id", ".address", ".secret", ".pending", ".csv", ".version")
"""Columns, sealed fields and files, which look alike; what ends in `_` is the beginning of a made-up name."""


@cache
def _trees():
    """Not while tests are collected: every process of a run does that."""
    return {path.relative_to(REPOSITORY): ast.parse(path.read_text(encoding="utf-8")) for path in CODE}


def _record_calls():
    for path, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "record"}:
                yield path, {word.arg: word.value for word in node.keywords}


def test_every_act_that_is_named_in_the_code_has_its_words():
    families = {code.partition(".")[0] for code in ACTIONS} - {"dossier"}
    named = {
        node.value: str(path)
        for path, tree in _trees().items()
        if not str(path).endswith(_WITHOUT)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value)
    }
    acts = {code: path for code, path in named.items() if not code.endswith((*_COLUMNS, "_"))}
    wrong = {code: path for code, path in acts.items() if code.partition(".")[0] in families}
    assert {code: path for code, path in wrong.items() if code not in ACTIONS} == {}


def test_every_line_that_the_code_writes_is_of_a_known_family():
    calls = list(_record_calls())
    assert len(calls) > 40
    families = {code.partition(".")[0] for code in ACTIONS}
    for path, words in calls:
        kind, act = words.get("subject_type"), words.get("action")
        if isinstance(kind, ast.Constant):
            assert kind.value in SUBJECTS, path
        if isinstance(act, ast.Constant):
            assert act.value in ACTIONS, path
        if isinstance(act, ast.JoinedStr):
            assert act.values[0].value.partition(".")[0] in families, path


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("camera.{}_asked", AskKind.__args__),
        ("company.{}", CompanyState),
        ("company.plate_{}", set(PlateState) - {PlateState.ASKED}),
        ("owner.lookup_{}", set(LookupState) - {LookupState.WAITING, LookupState.RESOLVED}),
        ("owner.correction_{}", set(CorrectionState) - {CorrectionState.WAITING}),
        ("second_review.{}", {"drawn", "released", *RecheckState} - {RecheckState.WAITING}),
        ("violation.{}", ("claimed", "released", "corrected", "confirmed", "rejected")),
    ],
)
def test_acts_that_end_in_a_state_have_words_for_each(form, values):
    assert {form.format(value) for value in values} <= ACTIONS.keys()


def test_words_are_there_twice_and_every_act_can_be_chosen():
    for table in (ACTIONS, SUBJECTS, ACTORS, DETAILS, VALUES):
        assert all(vi and en for vi, en in table.values())
    for language in ("vi", "en"):
        assert {code for _, acts in offered(language) for code, _ in acts} == ACTIONS.keys()
