"""What two authorities say to each other about cases that went from one to the other. Pure.

Every message is an envelope: canonical JSON, signed with the authority's Ed25519 key. A message that is not
for us, not from a known authority, or was signed long ago is refused. See docs/transfers.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

DOMAIN: Final = b"phatnguoi.transfer/1\n"
FORMAT: Final = "phatnguoi.transfer/1"
MOST_SKEW: Final = timedelta(minutes=10)
_NO_KEY: Final = "public_key: expected an Ed25519 key as PEM, or its 32 bytes in base64"
Kind = Literal["comparison", "entries"]
AuthorityId = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,30}$")]


class TransferError(ValueError):
    """A package or message that is not taken: which rule it broke, in both languages, and what to do."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.message_vi = vi
        self.message_en = en


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Peer(_Value):
    """Another authority: its id and name, where its system is, and the key it signs with (base64)."""

    id: AuthorityId
    name: Annotated[str, Field(min_length=3, max_length=200)]
    url: Annotated[str, Field(pattern=r"^https?://")]
    public_key: str

    @field_validator("public_key")
    @classmethod
    def _is_key(cls, text: str) -> str:
        key_of(text)
        return text

    @property
    def key(self) -> Ed25519PublicKey:
        return key_of(self.public_key)


def key_of(text: str) -> Ed25519PublicKey:
    """A key as PEM, or its 32 bytes in base64. Raises ValueError where the text is neither."""
    try:
        if not text.startswith("-----BEGIN"):
            return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
        found = load_pem_public_key(text.encode())
    except (binascii.Error, ValueError) as error:
        raise ValueError(_NO_KEY) from error
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError(_NO_KEY)  # noqa: TRY004 - the text is wrong, whatever key it holds
    return found


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: the bytes that are hashed and signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def signed(key: Ed25519PrivateKey, content: bytes) -> str:
    """The signature in base64."""
    return base64.b64encode(key.sign(DOMAIN + content)).decode()


def check_signature(peer: Peer, content: bytes, signature: str) -> None:
    """Raises TransferError `signature_wrong`."""
    try:
        peer.key.verify(base64.b64decode(signature, validate=True), DOMAIN + content)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise TransferError(
            "signature_wrong",
            f"Chữ ký không phải của {peer.name}, hoặc nội dung đã bị thay đổi.",
            f"The signature is not that of {peer.id}, or the content was changed.",
        ) from error


def peer_of(peers: Iterable[Peer], authority: str) -> Peer:
    """Raises TransferError `sender_unknown`."""
    for peer in peers:
        if peer.id == authority:
            return peer
    raise TransferError(
        "sender_unknown",
        f"Không biết đơn vị {authority}; người vận hành cần khai báo trong TRANSFER_PEERS.",
        f"{authority} is not a known authority; the operators name it in TRANSFER_PEERS.",
    )


class Envelope(_Value):
    """One signed message between two authorities."""

    sender: AuthorityId
    receiver: AuthorityId
    kind: Kind
    at: AwareDatetime
    body: dict[str, Any]
    signature: str = ""

    @classmethod
    def sealed(
        cls,
        key: Ed25519PrivateKey,
        *,
        sender: str,
        receiver: str,
        kind: Kind,
        at: datetime,
        body: dict[str, Any],
    ) -> Self:
        unsigned = cls(sender=sender, receiver=receiver, kind=kind, at=at, body=body)
        return unsigned.model_copy(update={"signature": signed(key, unsigned.content())})

    def content(self) -> bytes:
        return canonical(self.model_dump(mode="json", exclude={"signature"}))


def opened(
    text: bytes, peers: Iterable[Peer], *, us: str, kind: Kind, now: datetime
) -> tuple[Peer, Envelope]:
    """A message that was checked: from whom, and what it says. Raises TransferError."""
    try:
        envelope = Envelope.model_validate_json(text)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise TransferError(
            "message_unreadable",
            f"Không đọc được thông điệp: {where}.",
            f"The message is unreadable: {where}.",
        ) from error
    peer = peer_of(peers, envelope.sender)
    check_signature(peer, envelope.content(), envelope.signature)
    if envelope.receiver != us or envelope.kind != kind:
        raise not_for_us(envelope.receiver, us)
    if abs(now - envelope.at) > MOST_SKEW:
        raise TransferError(
            "message_old",
            "Thông điệp được ký quá lâu trước hoặc sau giờ của chúng tôi; kiểm tra đồng hồ.",
            "The message was signed too long before or after our clock; check the clocks.",
        )
    return peer, envelope


def not_for_us(receiver: str, us: str) -> TransferError:
    return TransferError(
        "not_for_us",
        f"Nội dung này gửi cho {receiver}, không phải {us}.",
        f"This is for {receiver}, not for {us}.",
    )


class Entry(_Value):
    """How one transfer stands on one side, as that side sees it now.

    `facts` is the digest of what both sides must agree on for ever: vehicle, act, time and the signed report.
    None where a side has no dossier of it. `open`: somebody there still works on it.
    """

    transfer_id: str
    role: Literal["sender", "receiver"]
    state: str
    dossier_state: str | None = None
    open: bool = False
    facts: str | None = None
    reason: Annotated[str, Field(max_length=4000)] = ""
    decision_number: str | None = None
    fine_vnd: int | None = None
    paid_vnd: int | None = None

    @property
    def digest(self) -> str:
        """What a side's state is, in 64 characters."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a transfer must never change."""

    plate: str
    ground_colour: str
    vehicle_kind: str
    act: str
    happened_at: datetime
    report_sha256: str

    @property
    def digest(self) -> str:
        parts = [
            self.plate,
            self.ground_colour,
            self.vehicle_kind,
            self.act,
            f"{int(self.happened_at.timestamp() * 1000)}",
            self.report_sha256,
        ]
        return hashlib.sha256(canonical(parts)).hexdigest()
