from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backend import audit
from backend.audit.models import AuditEntry


def write(services, *names):
    with services.database.unit_of_work() as session:
        for name in names:
            audit.record(
                session, actor="system", action=name, subject_type="thing", subject_id=1, data={"x": 1.5}
            )


def entries(services):
    with services.database.unit_of_work() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()


def test_lines_are_numbered_and_chained(services):
    write(services, "a", "b")
    write(services, "c")

    found = entries(services)
    assert [(entry.seq, entry.action) for entry in found] == [(1, "a"), (2, "b"), (3, "c")]
    assert [entry.previous_hash for entry in found[1:]] == [entry.entry_hash for entry in found[:-1]]
    with services.database.unit_of_work() as session:
        assert audit.verify(session) is None


def test_a_rolled_back_act_leaves_no_line(services):
    def fail():
        with services.database.unit_of_work() as session:
            audit.record(session, actor="system", action="a", subject_type="t", subject_id=1)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()
    write(services, "b")

    assert [entry.action for entry in entries(services)] == ["b"]


def test_many_writers_make_one_unbroken_chain(services):
    threads = [threading.Thread(target=write, args=(services, f"a{n}", f"b{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(entries(services)) == 16
    with services.database.unit_of_work() as session:
        assert audit.verify(session) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'nobody'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_refuses_to_change_the_log(services, statement):
    write(services, "a")

    with pytest.raises(IntegrityError, match="append-only"), services.database.unit_of_work() as session:
        session.execute(text(statement))

    assert len(entries(services)) == 1


def test_a_change_behind_the_triggers_is_found(services):
    write(services, "a", "b", "c")
    with services.database.unit_of_work() as session:
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        session.execute(text("UPDATE audit_entry SET actor = 'account:nobody' WHERE seq = 2"))

    with services.database.unit_of_work() as session:
        assert audit.verify(session) == "entry 2 was changed"
