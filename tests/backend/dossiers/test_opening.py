from __future__ import annotations

import threading
import time
import uuid

from sqlalchemy import select, text

from backend.accounts.models import Account
from backend.database import utc_now
from backend.dossiers.service import open_dossier
from backend.intake.models import Violation
from backend.owners.asking import run_lookup
from backend.owners.models import OwnerLookup
from backend.owners.outside import Outside

WAITING_FOR_A_LOCK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def test_a_lookup_that_ends_while_the_dossier_opens_is_not_missed(case):
    """The answer arrives between the opening and its commit: one of the two must see the other."""
    registration = case.outside.registration("good", "motorbike")
    violation_id = uuid.UUID(case.box.report_violation(plate=registration["plate"], kind="motorbike"))
    case.officer.post("/v1/review/next")
    (lookup,) = case.rows(OwnerLookup)

    def answer() -> None:
        run_lookup(case.services, lookup.id, Outside.of(case.services.settings), utc_now())
        case.jobs()

    answering = threading.Thread(target=answer)
    with case.services.database.unit_of_work() as session:
        officer = session.scalars(select(Account).where(Account.username == "canhsat")).one()
        violation = session.get_one(Violation, violation_id)
        case.id = open_dossier(case.services, session, violation, officer, utc_now()).id
        answering.start()
        end = time.monotonic() + 20
        while answering.is_alive() and time.monotonic() < end:
            with case.services.database.unit_of_work() as other:
                if other.scalar(WAITING_FOR_A_LOCK):
                    break
            time.sleep(0.02)
    answering.join(20)
    assert not answering.is_alive()
    case.jobs()
    assert case.dossier().state == "notified"
