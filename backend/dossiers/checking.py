"""A photograph or scan of a paper, checked without a network: its QR code against the published key."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from penalty.documents import QrContent, QrError, verify_qr

PICTURES: Final = frozenset({".jpg", ".jpeg", ".png"})
_ENLARGED: Final = (1.0, 2.0, 0.5)


def read_picture(picture: bytes, key: Ed25519PublicKey) -> QrContent:
    """What the paper in the picture must say. Raises QrError: no code found, changed, or another's key.

    Needs OpenCV (the extra `edge`).
    """
    import cv2  # noqa: PLC0415 - only this command looks at pictures
    import numpy as np  # noqa: PLC0415

    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise QrError("the file is no readable picture")
    for scale in _ENLARGED:
        sized = image if scale == 1.0 else cv2.resize(image, None, fx=scale, fy=scale)
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(sized)
        if text.startswith("PN1*"):
            return verify_qr(text, key)
    raise QrError("no QR code of a paper in the picture: photograph it straight and near")
