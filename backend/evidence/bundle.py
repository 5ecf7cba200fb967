"""Evidence to take away: a zip with the signed list, the files, and a guide to checking them at home."""

from __future__ import annotations

import io
import zipfile

from backend.evidence.integrity import signed_report
from backend.evidence.models import EvidenceFile
from backend.intake.models import Device, Violation
from backend.services import Services
from edge.report import FOR_OWNERS, GUIDE_NAME, MANIFEST_NAME, manifest_bytes

_GUIDE = """\
KIỂM TRA CHỨNG CỨ TẠI NHÀ
Thư mục này gồm bản kê đã ký ({manifest}) và các tệp hình ảnh, video. Bản kê ghi dấu vân tay (SHA-256)
của từng tệp; hộp camera {device_id} ký bản kê ngay khi ghi hình. {left_vi}
1. Lấy khóa công khai của hộp camera tại {key_page}
   và so với khóa ghi trong các lần kiểm tra khác: {key}
2. Cài chương trình mã nguồn mở phatnguoi, rồi chạy (không cần mạng):
   phatnguoi-edge verify THƯ-MỤC --public-key {key}
3. Chương trình nói tệp nào còn nguyên, tệp nào đã bị thay đổi. Đổi một bit ở bất kỳ tệp nào cũng bị thấy.

HOW TO CHECK THIS EVIDENCE AT HOME
This folder has the signed list ({manifest}), pictures and video. The list holds the fingerprint (SHA-256) of
each file; the camera box {device_id} signed the list the moment it recorded. {left_en}
1. Get the box's public key at {key_page}
   and compare it: {key}
2. Install the open-source program phatnguoi, then run (needs no network):
   phatnguoi-edge verify FOLDER --public-key {key}
3. It says which file is whole and which was changed. One changed bit in any file shows.
"""
_LEFT = (
    "Bản gốc chưa che không nằm ở đây: chúng được niêm phong tại cơ quan.",
    "The unmasked originals are not here: they stay sealed with the authority.",
)


def bundle(
    services: Services, violation: Violation, device: Device, files: dict[str, EvidenceFile], *, whole: bool
) -> bytes:
    """The zip; `whole` with the sealed originals, for officers only. Files are stored, not compressed.

    Raises ObjectMissingError, StoreUnavailableError.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        add_evidence(archive, services, violation, device, files, whole=whole)
    return target.getvalue()


def add_evidence(
    archive: zipfile.ZipFile,
    services: Services,
    violation: Violation,
    device: Device,
    files: dict[str, EvidenceFile],
    *,
    whole: bool,
    folder: str = "",
) -> None:
    """Put the signed list, the files and the guide into an archive, under `folder` (with its `/`)."""
    archive.writestr(f"{folder}{MANIFEST_NAME}", manifest_bytes(signed_report(violation)))
    archive.writestr(f"{folder}{GUIDE_NAME}", _guide(services, device, whole=whole))
    for role, file in files.items():
        if whole or role in FOR_OWNERS:
            content = services.store.read(services.settings.s3_bucket, file.object_key)
            archive.writestr(f"{folder}{file.name}", content, zipfile.ZIP_STORED)


def _guide(services: Services, device: Device, *, whole: bool) -> str:
    left_vi, left_en = ("", "") if whole else _LEFT
    return _GUIDE.format(
        manifest=MANIFEST_NAME,
        device_id=device.device_id,
        key=device.public_key,
        key_page=f"{services.settings.public_url}/xac-minh/thiet-bi/{device.device_id}",
        left_vi=left_vi,
        left_en=left_en,
    )
