"""Proof of an event: stills, plate crop, clip and signed manifest, from the last seconds of a camera."""

from edge.evidence.begun import Begun
from edge.evidence.case import Case, report_id_of
from edge.evidence.clip import record_clip
from edge.evidence.pack import Pack, build_pack, load_pack
from edge.evidence.pictures import EvidenceMissing, Pictures, pictures_of
from edge.evidence.reel import ClipError
from edge.evidence.ring import FrameRing, KeptFrame, RawFrame

__all__ = [
    "Begun",
    "Case",
    "ClipError",
    "EvidenceMissing",
    "FrameRing",
    "KeptFrame",
    "Pack",
    "Pictures",
    "RawFrame",
    "build_pack",
    "load_pack",
    "pictures_of",
    "record_clip",
    "report_id_of",
]
