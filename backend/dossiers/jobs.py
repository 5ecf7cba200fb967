from __future__ import annotations

import uuid

from backend.database import utc_now
from backend.dossiers import delivery, papers, service
from backend.dossiers.authority import authority_of
from backend.dossiers.driver_age import look_up
from backend.dossiers.issuing import ask_for_message
from backend.dossiers.models import Document, Dossier
from backend.dossiers.pades import sign_pdf
from backend.dossiers.purposes import GUARDIAN, for_guardian
from backend.dossiers.recount import recount_deadlines, recount_reports
from backend.dossiers.sweep import sweep_deadlines
from backend.jobs import job
from backend.messages.sweep import sweep_messages
from backend.owners.population import Population
from backend.services import Services
from backend.submissions.filing import lapse_complaints
from backend.submissions.recount import recount_answers
from penalty.calendar import LegalCalendar


@job("dossiers.sweep")
def sweep(services: Services) -> None:
    """Do what the calendar asks for and remind people of it; done already: nothing happens.

    Limits that an older calendar was used for are counted anew first.
    """
    now, calendar = utc_now(), LegalCalendar.load()
    recount_deadlines(services, now, calendar)
    with services.database.unit_of_work() as session:
        recount_reports(session, calendar)
    recount_answers(services, now, calendar)
    sweep_deadlines(services, now)
    lapse_complaints(services, now)
    sweep_messages(services, now)


@job("dossiers.owner_known")
def owner_known(services: Services, *, violation_id: str) -> None:
    """The owner is found or established: the dossier goes on."""
    with services.database.unit_of_work() as session:
        service.owner_known(session, uuid.UUID(violation_id), utc_now())


@job("dossiers.driver_age", attempts=200)
def driver_age(services: Services, *, dossier_id: str, officer_id: str) -> None:
    """Ask the population database how old a driver was; again later while it is silent."""
    population = Population(services.settings.population_url, services.settings.outside_timeout_s)
    look_up(services, uuid.UUID(dossier_id), uuid.UUID(officer_id), population)


@job("dossiers.render")
def render(services: Services, *, document_id: str) -> None:
    """Typeset a paper, store it, keep its hash, and have it delivered. Made already: nothing happens."""
    with services.database.unit_of_work() as session:
        document = session.get_one(Document, uuid.UUID(document_id))
        if document.made_at is not None:
            return
        pdf = papers.typeset(papers.gather(services, session, document))
        number = document.number
        key = f"dossiers/{document.dossier_id}/{document.kind}-{document.id}.pdf"
    pdf = sign_pdf(
        pdf, authority_of(services.settings), reason=number, place=services.settings.authority_place
    )
    stored = services.store.put(services.settings.s3_documents_bucket, key, pdf, "application/pdf")
    with services.database.unit_of_work() as session:
        document = session.get_one(Document, uuid.UUID(document_id), with_for_update=True)
        if document.made_at is not None:
            return
        document.object_key, document.sha256, document.size_bytes = key, stored.sha256, stored.size_bytes
        document.made_at = utc_now()
        dossier = session.get_one(Dossier, document.dossier_id)
        channel = delivery.first_channel(services, session, dossier, "legal", document)
        if channel is not None:
            ask_for_message(session, dossier, document=document, force="legal", channel=channel)
        if for_guardian(document, dossier.driver_age_band):
            ask_for_message(
                session, dossier, document=document, force="legal", channel="letter", purpose=GUARDIAN
            )


@job("dossiers.send")
def send(services: Services, *, message_id: str) -> None:
    """Hand one message to its channel."""
    delivery.send_message(services, uuid.UUID(message_id), utc_now())
