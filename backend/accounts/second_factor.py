"""The second factor: a code from a phone that changes every 30 s (TOTP, RFC 6238), and codes for its loss."""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account, AccountSession, RecoveryCode
from backend.errors import FieldError, Problem
from backend.owners.vault import Vault

ISSUER: Final = "phatnguoi"
RECOVERY_CODES: Final = 10
_STEP_S: Final = 30
_DRIFT: Final = 1
"""Steps that a phone's clock may be away from ours."""
_DIGITS: Final = 6
_FIELD: Final = "totp"


def begin(session: Session, own: AccountSession, vault: Vault) -> str:
    """The secret that waits in this session for its first code; asked again, the same.

    Raises Problem 409 where the factor is set.
    """
    locked = _locked(session, own.account_id)
    if locked.totp_since is not None:
        raise Problem(
            409,
            "second_factor_set",
            "Xác thực hai lớp đã được bật",
            "The second factor is set already",
            "Tắt đi rồi bật lại nếu bạn đổi điện thoại.",
            "Remove it first if you change your phone.",
        )
    session.refresh(own, ["totp_sealed"])
    if own.totp_sealed is None:
        own.totp_sealed = vault.seal(_FIELD, own.id, pyotp.random_base32())
    return vault.open(_FIELD, own.id, own.totp_sealed)


def address(secret: str, account: Account) -> str:
    """The otpauth address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


def confirm(session: Session, own: AccountSession, vault: Vault, code: str, now: datetime) -> list[str]:
    """The first right code sets the factor; the one-time recovery codes, told now and never again.

    Raises Problem 409 where none waits, 422 `code_wrong`.
    """
    account = _locked(session, own.account_id)
    if own.totp_sealed is None or account.totp_since is not None:
        raise Problem(409, "no_factor_waits", "Chưa có mã chờ xác nhận", "No second factor waits for a code")
    secret = vault.open(_FIELD, own.id, own.totp_sealed)
    step = _step_of(secret, code, now)
    if step is None:
        raise code_wrong()
    account.totp_sealed, own.totp_sealed = vault.seal(_FIELD, account.id, secret), None
    account.totp_since, account.totp_last_step = now, step
    _log(session, account, "second_factor.set", account.actor)
    return renew_recovery_codes(session, account)


def passes(session: Session, account_id: uuid.UUID, vault: Vault, code: str, now: datetime) -> str | None:
    """How this code opens: `totp`, `recovery`, or not at all. Neither opens a second time."""
    account = _locked(session, account_id)
    if account.totp_sealed is None or account.totp_since is None:
        return None
    step = _step_of(vault.open(_FIELD, account.id, account.totp_sealed), code, now)
    if step is not None:
        if account.totp_last_step is not None and step <= account.totp_last_step:
            return None
        account.totp_last_step = step
        return "totp"
    found = session.scalar(
        select(RecoveryCode)
        .where(RecoveryCode.account_id == account.id, RecoveryCode.code_hash == _hash(account.id, code))
        .where(RecoveryCode.used_at.is_(None))
    )
    if found is None:
        return None
    found.used_at = now
    _log(session, account, "second_factor.recovery_used", account.actor)
    return "recovery"


def renew_recovery_codes(session: Session, account: Account) -> list[str]:
    """New recovery codes; the old ones open no more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=_hash(account.id, code)) for code in codes)
    return codes


def recovery_codes_left(session: Session, account: Account) -> int:
    unused = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def remove(session: Session, account: Account, *, by: Account) -> None:
    """Forget the factor and its recovery codes: the phone is lost, or changes."""
    locked = _locked(session, account.id)
    locked.totp_sealed = locked.totp_since = locked.totp_last_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    _log(session, account, "second_factor.removed", by.actor)


def code_wrong() -> Problem:
    return Problem(
        422,
        "code_wrong",
        "Mã không đúng hoặc đã được dùng",
        "The code is wrong, or was used before",
        "Đợi mã tiếp theo hiện trên điện thoại rồi nhập lại; kiểm tra giờ của điện thoại.",
        "Wait for the next code on your phone and enter that; check your phone's clock.",
        errors=(FieldError("code", "wrong or used before"),),
    )


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which step of time this code belongs to, within the allowed drift."""
    typed = "".join(code.split())
    if len(typed) != _DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    totp, step = pyotp.TOTP(secret), int(now.timestamp()) // _STEP_S
    near = range(step - _DRIFT, step + _DRIFT + 1)
    return next((one for one in near if secrets.compare_digest(totp.generate_otp(one), typed)), None)


def _locked(session: Session, account_id: uuid.UUID) -> Account:
    """The row, held until the transaction ends: two requests with one code come one after the other."""
    return session.get_one(Account, account_id, with_for_update=True, populate_existing=True)


def _new_code() -> str:
    """80 random bits as four groups of base32."""
    text = base64.b32encode(secrets.token_bytes(10)).decode()
    return "-".join(text[place : place + 4] for place in range(0, 16, 4))


def _hash(account_id: uuid.UUID, code: str) -> str:
    plain = code.upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"{account_id}/{plain}".encode()).hexdigest()


def _log(session: Session, account: Account, action: str, actor: str) -> None:
    audit.record(session, actor=actor, action=action, subject_type="account", subject_id=account.id)
