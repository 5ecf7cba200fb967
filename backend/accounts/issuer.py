"""Single sign-on of staff at the authority's own issuer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts import refusals
from backend.accounts.models import Account
from backend.errors import Problem
from backend.oidc.client import Client
from backend.oidc.keys import client_key
from backend.oidc.shared import shared_client
from backend.oidc.values import ClientConfig, Identity, OidcError
from backend.settings import Settings

RETURN_PATH = "/dang-nhap/oidc/ve"


def client_of(settings: Settings) -> Client | None:
    """The client of these settings; None where no issuer is set."""
    if settings.staff_oidc_issuer is None:
        return None
    secret = settings.staff_oidc_client_secret
    key = None if secret else client_key(settings)
    return shared_client(
        ClientConfig(
            issuer=settings.staff_oidc_issuer,
            client_id=settings.staff_oidc_client_id,
            redirect_uri=f"{settings.public_url}{RETURN_PATH}",
            client_secret=secret.get_secret_value() if secret else None,
            private_key_pem=key.pem if key else None,
            key_id=key.key_id if key else None,
            scopes=("openid", "profile"),
        )
    )


def account_of(session: Session, settings: Settings, who: Identity, now: datetime) -> Account | None:
    """The member of staff that this is.

    Known by issuer and subject; at the first sign-in by the user name, where an administrator has said that
    this person signs in there. None: nobody who may work here.
    """
    known = session.scalar(
        select(Account).where(Account.issuer == who.issuer, Account.subject == who.subject)
    )
    if known is None:
        known = _first_time(session, settings, who, now)
    if known is None or not known.active:
        audit.record(
            session, actor="system", action="sign_in.refused", subject_type="account", subject_id="unknown"
        )
        return None
    return known


def _first_time(session: Session, settings: Settings, who: Identity, now: datetime) -> Account | None:
    name = who.claims.get(settings.staff_oidc_username_claim)
    if not settings.staff_oidc_username_claim or not isinstance(name, str):
        return None
    waiting = session.scalar(
        select(Account)
        .where(Account.username == name.strip().lower(), Account.issuer == who.issuer)
        .where(Account.subject.is_(None))
        .with_for_update()
    )
    if waiting is not None:
        waiting.subject = who.subject
        audit.record(
            session,
            actor=waiting.actor,
            action="account.linked",
            subject_type="account",
            subject_id=waiting.id,
            data={"issuer": who.issuer, "at": now.isoformat()},
        )
    return waiting


def is_strong(settings: Settings, who: Identity) -> bool:
    """Whether the issuer asked for a second factor itself."""
    return not {who.acr, *who.amr}.isdisjoint(settings.staff_oidc_strong)


def stranger() -> Problem:
    return refusals.issuer_refused(
        "Tài khoản này chưa được cấp quyền dùng hệ thống. Liên hệ người quản trị tài khoản.",
        "This account may not use the system. Ask the administrator of accounts.",
        status=403,
    )


def problem_of(error: OidcError) -> Problem:
    """What the person reads; the log has the rest."""
    if error.code == "denied":
        return refusals.issuer_refused(
            "Bạn đã hủy, hoặc cơ quan không cho đăng nhập.", "You cancelled, or the issuer said no."
        )
    if error.code == "unavailable":
        return refusals.issuer_refused(
            "Máy chủ đăng nhập của cơ quan không trả lời. Thử lại sau ít phút.",
            "The issuer does not answer. Try again in some minutes.",
            status=503,
        )
    return refusals.issuer_refused(
        "Lần đăng nhập này không khớp hoặc đã hết hạn. Bắt đầu lại từ trang đăng nhập.",
        "This sign-in does not match or is too old. Start again at the sign-in page.",
    )
