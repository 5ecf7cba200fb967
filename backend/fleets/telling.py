"""Telling the person at a company that its webhook was switched off: by e-mail, with nothing of any case."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from backend import audit
from backend.fleets import service
from backend.fleets.models import Company, WebhookEndpoint
from backend.outgoing import email_channel
from backend.services import Services
from notify.mail import SendMail

_WHY = {
    "gone": ("địa chỉ trả lời đã ngừng hẳn (HTTP 410)", "it answered that it is gone for good (HTTP 410)"),
    "failing": ("trong năm ngày địa chỉ không nhận tin nào", "it took nothing for five days"),
}


def tell_switched_off(services: Services, endpoint_id: uuid.UUID, send_mail: SendMail | None = None) -> str:
    """One e-mail to the contact; what became of it, in a word. `no_email`: the company gave no address.

    Raises RuntimeError where trying again may help.
    """
    with services.database.unit_of_work() as session:
        endpoint = session.get_one(WebhookEndpoint, endpoint_id)
        company = session.get_one(Company, endpoint.company_id)
        contact = service.contact_of(services, company)
        url, why, actor = endpoint.url, endpoint.ended_why or "", company.actor
    if not contact.email or why not in _WHY:
        return "no_email"
    subject, text = _said(urlsplit(url).hostname or "", why, services.settings.public_url)
    delivery = email_channel(services.settings, send_mail).send_text(
        subject, text, contact.email, tracking_id=f"webhook-off-{endpoint_id}"
    )
    if delivery.retryable:
        raise RuntimeError(f"not told yet: {delivery.code}")
    with services.database.unit_of_work() as session:
        audit.record(
            session,
            actor="system",
            action="company.told_switched_off",
            subject_type="company",
            subject_id=endpoint.company_id,
            data={"endpoint": str(endpoint_id), "state": delivery.state, "company": actor},
        )
    return delivery.state


def _said(host: str, why: str, public_url: str) -> tuple[str, str]:
    vi, en = _WHY[why]
    page = f"{public_url}/doanh-nghiep/webhook"
    text_vi = (
        f"Webhook gửi đến {host} đã bị tắt: {vi}.\n"
        "Hồ sơ của doanh nghiệp không thay đổi. Khi máy chủ hoạt động lại, hãy thêm lại địa chỉ tại trang"
        f" {page} và đọc những gì đã lỡ bằng GET /v1/fleet/cases.\n"
    )
    text_en = (
        f"The webhook to {host} was switched off: {en}.\n"
        f"Nothing changed in your cases. Once the server works again, add the address anew at {page} and read"
        " what was missed by GET /v1/fleet/cases.\n"
    )
    subject = f"Webhook của doanh nghiệp đã bị tắt / Your webhook was switched off: {host}"
    return subject, f"{text_vi}\n{text_en}"
