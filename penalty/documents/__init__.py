"""The papers of a case as signed, tagged PDF, and the check of the QR they carry."""

from penalty.documents.data import (
    ActData,
    DeadlineLine,
    DecisionData,
    Happening,
    Issuer,
    MeasureLine,
    NoticeData,
    Party,
    ReceiptData,
    RecordData,
    Signatory,
    Still,
    VehicleData,
)
from penalty.documents.qr import QrContent, QrError, key_id, qr_data_uri, sign_qr, verify_qr
from penalty.documents.render import (
    RenderError,
    render_decision,
    render_notice,
    render_receipt,
    render_record,
)

__all__ = [
    "ActData",
    "DeadlineLine",
    "DecisionData",
    "Happening",
    "Issuer",
    "MeasureLine",
    "NoticeData",
    "Party",
    "QrContent",
    "QrError",
    "ReceiptData",
    "RecordData",
    "RenderError",
    "Signatory",
    "Still",
    "VehicleData",
    "key_id",
    "qr_data_uri",
    "render_decision",
    "render_notice",
    "render_receipt",
    "render_record",
    "sign_qr",
    "verify_qr",
]
