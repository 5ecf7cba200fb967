"""Where a person can be reached, in what order and language: what the registers know and what he chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.messages.models import ContactChoice
from backend.owners.service import Owner, vault_of
from backend.owners.vault import Vault
from backend.services import Services
from notify.mail import checked_address
from notify.message import ChannelName, Recipient
from notify.phones import try_normalise
from notify.routing import CHANNELS_OF

COURTESY: tuple[ChannelName, ...] = CHANNELS_OF["courtesy"]


@dataclass(frozen=True)
class Choice:
    """What a person chose; `channels` in his order, those not named are not used for reminders."""

    lang: Literal["vi", "en"] = "vi"
    channels: tuple[ChannelName, ...] = COURTESY
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Contact:
    """A person with every address known. Lives in memory only."""

    owner: Owner = field(repr=False)
    choice: Choice

    def address(self, channel: ChannelName) -> str | None:
        """Where this channel leads, in its canonical form; None where nothing is known."""
        owner = self.owner
        match channel:
            case "vneid":
                return owner.id_number or None
            case "zalo" | "sms":
                return try_normalise(owner.phone) if owner.phone else None
            case "email":
                return self.choice.email
            case "letter":
                return " ".join(f"{owner.name} {owner.address}".split()).upper() if owner.address else None

    def known(self) -> set[ChannelName]:
        """The channels with an address, less the courtesy channels he does not want."""
        every: tuple[ChannelName, ...] = ("vneid", "letter", *self.choice.channels)
        return {channel for channel in every if self.address(channel)}

    def recipient(self) -> Recipient:
        return Recipient(phone=self.owner.phone, id_number=self.owner.id_number, email=self.choice.email)


def contact_of(services: Services, session: Session, owner: Owner) -> Contact:
    return Contact(owner, choice_of(session, vault_of(services), owner.id_number))


def choice_of(session: Session, vault: Vault, id_number: str) -> Choice:
    """What this person chose, or what everybody begins with."""
    index = vault.index("id_number", id_number)
    row = session.scalar(select(ContactChoice).where(ContactChoice.person_index == index))
    if row is None:
        return Choice()
    email = vault.open("email", index, row.email_encrypted) if row.email_encrypted else None
    return Choice("en" if row.lang == "en" else "vi", tuple(courtesy_among(row.channels)), email)


def courtesy_among(names: Sequence[str]) -> list[ChannelName]:
    """The courtesy channels among these names, in their order."""
    known = {str(one): one for one in COURTESY}
    return [known[name] for name in dict.fromkeys(names) if name in known]


def choose(
    session: Session,
    vault: Vault,
    id_number: str,
    *,
    lang: str,
    channels: Sequence[str],
    email: str,
    now: datetime,
) -> Choice:
    """Keep what a person chose. Raises ValueError for an e-mail address that is none."""
    address = checked_address(email) if email.strip() else None
    wanted = [one for one in courtesy_among(channels) if one != "email" or address]
    index = vault.index("id_number", id_number)
    values = {
        "lang": "en" if lang == "en" else "vi",
        "channels": wanted,
        "email_encrypted": vault.seal("email", index, address) if address else None,
        "changed_at": now,
    }
    row = insert(ContactChoice).values(person_index=index, **values)
    session.execute(row.on_conflict_do_update(index_elements=["person_index"], set_=values))
    return Choice("en" if lang == "en" else "vi", tuple(wanted), address)
