from __future__ import annotations

from backend.cameras import asks
from backend.database import utc_now
from backend.jobs import job
from backend.releases import software
from backend.services import Services


@job("cameras.forget")
def forget(services: Services) -> None:
    """Delete log lines, pictures and trials of boxes that are kept no longer."""
    with services.database.unit_of_work() as session:
        asks.forget(session, utc_now(), kept_days=services.settings.box_answers_days)
        software.forget_lines(session, services.settings, utc_now())
