"""The migrations make exactly the schema that the models describe, and the guards the models cannot."""

from __future__ import annotations

import hashlib
import importlib

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from backend.cameras.why import why_of, words
from backend.migrations import upgrade
from backend.models import Base

CATALOGUE = {
    "columns": "SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, is_identity"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')",
    "sequences": "SELECT sequencename, data_type::text, start_value FROM pg_sequences"
    " WHERE schemaname = 'public'",
}
NOT_OURS = ("procrastinate", "alembic_version")


@pytest.fixture(scope="module")
def by_models(postgres):
    from sqlalchemy import create_engine

    from backend.database import sqlalchemy_url

    postgres.create_database("by_models")
    engine = create_engine(sqlalchemy_url(postgres.url("by_models")))
    Base.metadata.create_all(engine)
    engine.dispose()
    return postgres.url("by_models")


def described(url, query):
    with psycopg.connect(url) as connection:
        return {row for row in connection.execute(query) if not str(row[0]).startswith(NOT_OURS)}


@pytest.mark.parametrize("what", CATALOGUE)
def test_models_and_migrations_do_not_drift(database_url, by_models, what):
    migrated, modelled = described(database_url, CATALOGUE[what]), described(by_models, CATALOGUE[what])

    assert modelled - migrated == set(), "in the models, in no migration"
    assert migrated - modelled == set(), "in a migration, not in the models"


NOT_GROWING = ("account.id", "device.device_id", "on_call.id")


def test_what_belongs_to_a_case_is_found_by_an_index(database_url):
    """Without one each such question reads the whole table: 2 s at 5,000,000 dossiers, unseen at 10,000."""
    query = """
        SELECT f.conrelid::regclass::text, a.attname, f.confrelid::regclass::text || '.' || b.attname
        FROM pg_constraint f
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
        JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1]
        WHERE f.contype = 'f' AND NOT EXISTS (
            SELECT 1 FROM pg_index i
            WHERE i.indrelid = f.conrelid AND i.indkey[0] = f.conkey[1] AND i.indpred IS NULL)"""
    without = {row for row in described(database_url, query) if row[2] not in NOT_GROWING}
    assert without == set(), "give the column index=True and write the migration"


def test_upgrading_twice_changes_nothing(database_url):
    before = described(database_url, CATALOGUE["columns"])
    upgrade(database_url)
    assert described(database_url, CATALOGUE["columns"]) == before


@pytest.mark.parametrize(
    "table",
    ["audit_entry", "review_act", "dossier_event", "ledger_transaction", "ledger_entry", "message_event"],
)
def test_append_only_tables_have_their_guards(database_url, table):
    query = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
    guards = {name for owner, name in described(database_url, query) if owner == table}
    balanced = {"ledger_entry_balanced"} if table == "ledger_entry" else set()
    assert guards == {f"{table}_append_only", f"{table}_no_truncate"} | balanced


def test_the_job_tables_are_those_that_the_migrations_know():
    """Fails when a new release of procrastinate brings another schema: it then needs a migration here."""
    digest = hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()
    assert digest[:16] == "c70ec4b400a60ad9"


def test_why_a_roll_out_stopped_is_still_read_where_it_was_written_as_words(postgres):
    postgres.create_database("words_before")
    url = postgres.url("words_before")
    upgrade(url, "0034")
    with psycopg.connect(url) as connection:
        (found,) = connection.execute(
            "INSERT INTO roll_out (id, state, note, started_by, started_at, why_vi, why_en)"
            " VALUES (gen_random_uuid(), 'stopped', 'n', 'system', now(), 'cam-a: không', 'cam-a: no'),"
            " (gen_random_uuid(), 'running', 'n', 'system', now(), '', '') RETURNING id"
        ).fetchmany(1)
        connection.execute(
            "INSERT INTO roll_out_step (roll_out_id, camera_id, wave, number, state, healthy_before, why)"
            " VALUES (%(id)s, 'cam-a', 1, 2, 'failed', true, 'no'),"
            " (%(id)s, 'cam-b', 2, 2, 'waiting', true, '')",
            {"id": found[0]},
        )
    upgrade(url)
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT why FROM roll_out ORDER BY state DESC").fetchall()
        steps = connection.execute("SELECT why FROM roll_out_step ORDER BY camera_id").fetchall()
    assert [words(why_of(why)) for (why,) in rows] == [("cam-a: không", "cam-a: no"), ("", "")]
    assert [words(why_of(why)) for (why,) in steps] == [("no", "no"), ("", "")]


@pytest.mark.parametrize(
    ("rule", "law"),
    [
        ("20 ngày, tính cả ngày nghỉ (Thông tư 1 Điều 2 (sửa đổi))", "Thông tư 1 Điều 2 (sửa đổi)"),
        ("Theo quyết định số HN-1. 10 ngày kể từ ngày 01/09/2026 (Luật Điều 73)", "Luật Điều 73"),
        ("1 năm kể từ ngày 01/09/2026 (Luật Điều 6); tính lại từ khi chấm dứt (Luật Điều 6)", "Luật Điều 6"),
        ("không có luật", "LHAV Art. 1"),
    ],
)
def test_the_law_of_a_limit_is_taken_out_of_the_rule_that_named_it(postgres, rule, law):
    took = importlib.import_module("backend.migrations.versions.0036_a_time_limits_law").TAKEN_OUT
    with psycopg.connect(postgres.url("postgres")) as connection:
        row = {"rule_vi": rule, "article": "LHAV Art. 1"}
        query = f"SELECT {took} FROM (VALUES (%(rule_vi)s::text, %(article)s::text)) AS one(rule_vi, article)"
        assert connection.execute(query, row).fetchone() == (law,)
