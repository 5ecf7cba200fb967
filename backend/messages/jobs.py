from __future__ import annotations

import uuid

from backend.database import utc_now
from backend.jobs import job
from backend.messages import post
from backend.services import Services


@job("messages.post_batch")
def post_batch(services: Services, *, batch_id: str) -> None:
    """Print a batch and hand it to the post. Handed over already: nothing happens."""
    post.send_batch(services, uuid.UUID(batch_id), utc_now())
