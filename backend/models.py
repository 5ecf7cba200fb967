"""Every table, imported once: Alembic and the tests read `Base.metadata` from here."""

import importlib

from backend.database import Base

MODEL_MODULES = (
    "backend.accounts.models",
    "backend.places.models",
    "backend.audit.models",
    "backend.intake.models",
    "backend.evidence.models",
    "backend.review.models",
    "backend.rechecks.models",
    "backend.owners.models",
    "backend.dossiers.models",
    "backend.payments.models",
    "backend.transfers.models",
    "backend.citizens.models",
    "backend.portal.models",
    "backend.submissions.models",
    "backend.counter.models",
    "backend.accounting.models",
    "backend.settlements.models",
    "backend.approvals.models",
    "backend.messages.models",
    "backend.cameras.models",
    "backend.releases.models",
    "backend.alerts.models",
    "backend.fleets.models",
    "backend.idempotency.models",
)

for _name in MODEL_MODULES:
    importlib.import_module(_name)

__all__ = ["Base"]
