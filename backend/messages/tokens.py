"""The tokens of Zalo: one refresher at a time, both tokens in one write, and a new start by settings."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.messages.models import ChannelToken
from backend.owners.service import vault_of
from backend.services import Services
from notify.channels import Send
from notify.channels.zalo_token import TokenError, refresh

logger = logging.getLogger(__name__)
_BEFORE_END = timedelta(minutes=5)
_CHANNEL = "zalo"


def zalo_token(services: Services, now: datetime, send: Send, *, refused: str | None = None) -> str:
    """The access token to use now, refreshed where it has to be; `refused` is one that Zalo took no more.

    Where another worker has refreshed it meanwhile, that one's. Raises TokenError; a refresh token that is
    used up is written down, told in the audit log, and asked for no more.
    """
    if not services.settings.zalo_refresh_token.get_secret_value():
        return services.settings.zalo_token.get_secret_value()
    failed: TokenError | None = None
    with services.database.unit_of_work() as session:
        row = _locked(services, session)
        try:
            return _current(services, row, now, send, refused=refused)
        except TokenError as error:
            failed = error
            if error.lost and row.lost_at is None:
                row.lost_at = now
                logger.warning("the refresh token of Zalo was refused: authorise the account again")
                audit.record(
                    session,
                    actor="system",
                    action="channel.token_lost",
                    subject_type="channel",
                    subject_id=_CHANNEL,
                    data={"code": error.code},
                )
    raise failed


def _locked(services: Services, session: Session) -> ChannelToken:
    """The row, held until we commit; begun anew where the settings bring another refresh token."""
    vault, settings = vault_of(services), services.settings
    seed = settings.zalo_refresh_token.get_secret_value()
    first = settings.zalo_token.get_secret_value()
    begun = {
        "channel": _CHANNEL,
        "seed_index": vault.index("zalo/seed", seed),
        "access_encrypted": vault.seal("zalo/access", _CHANNEL, first) if first else None,
        "refresh_encrypted": vault.seal("zalo/refresh", _CHANNEL, seed),
        "expires_at": None,
        "refreshed_at": None,
        "lost_at": None,
    }
    session.execute(insert(ChannelToken).values(begun).on_conflict_do_nothing())
    row = session.get_one(ChannelToken, _CHANNEL, with_for_update=True, populate_existing=True)
    if row.seed_index != begun["seed_index"]:
        for name, value in begun.items():
            setattr(row, name, value)
    return row


def _current(services: Services, row: ChannelToken, now: datetime, send: Send, *, refused: str | None) -> str:
    vault, settings = vault_of(services), services.settings
    if row.access_encrypted is not None:
        access = vault.open("zalo/access", _CHANNEL, row.access_encrypted)
        fresh = row.expires_at is None or now < row.expires_at - _BEFORE_END
        if fresh and access != refused:
            return access
    if row.lost_at is not None:
        raise TokenError("lost", lost=True)
    new = refresh(
        send,
        settings.zalo_oauth_url,
        app_id=settings.zalo_app_id,
        app_secret=settings.zalo_app_secret.get_secret_value(),
        refresh_token=vault.open("zalo/refresh", _CHANNEL, row.refresh_encrypted),
    )
    row.access_encrypted = vault.seal("zalo/access", _CHANNEL, new.access)
    row.refresh_encrypted = vault.seal("zalo/refresh", _CHANNEL, new.refresh)
    row.expires_at, row.refreshed_at = now + timedelta(seconds=new.life_s), now
    return new.access
