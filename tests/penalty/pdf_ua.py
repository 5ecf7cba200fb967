"""Structural checks of PDF/UA-1 (ISO 14289-1), as far as the file itself can be asked.

The numbers are those of the Matterhorn Protocol 1.1 checkpoints that a program can decide. A picture of what
assistive technology meets: a tree of tags, in a language, with headings in order and words for each picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

_HEADING = re.compile(r"/H([1-6])")
_STANDARD = {
    "/Document", "/Part", "/Sect", "/Div", "/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Lbl", "/LBody", "/Table",
    "/TR", "/TH", "/TD", "/THead", "/TBody", "/Span", "/Figure", "/Formula", "/Link", "/NonStruct", "/Strong",
    "/Em",
}  # fmt: skip


def faults(pdf: bytes) -> list[str]:
    """What is wrong with a file, a line each; empty where nothing is."""
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    elements = list(_walk(root["/StructTreeRoot"]))
    return [*_document(reader, root), *_tree(root, elements), *_pages(reader)]


def _document(reader: PdfReader, root: Any) -> Iterator[str]:
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "06-001 not marked as tagged"
    if not root.get("/Lang"):
        yield "11-006 no language of the document"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "07-002 the title is not shown"
    if reader.metadata is None or not reader.metadata.title:
        yield "06-003 no title"
    if reader.xmp_metadata is None or b"pdfuaid" not in reader.xmp_metadata.stream.get_data():
        yield "06-002 does not say that it is PDF/UA"
    if "/Encrypt" in reader.trailer:
        yield "26-001 encrypted"


def _tree(root: Any, elements: list[Any]) -> Iterator[str]:
    roles = root["/StructTreeRoot"].get("/RoleMap", {})
    tags = [roles.get(element["/S"], element["/S"]) for element in elements]
    for tag in set(tags) - _STANDARD:
        yield f"02-001 tag {tag} is none of the standard's"
    for element, tag in zip(elements, tags, strict=True):
        if tag in {"/Figure", "/Formula"} and not str(element.get("/Alt", "")).strip():
            yield f"13-004 {tag} without words for those who do not see it"
    deepest = 0
    for level in (int(found[1]) for tag in tags if (found := _HEADING.fullmatch(tag))):
        if level > deepest + 1:
            yield f"14-003 heading {level} after heading {deepest}"
        deepest = level
    if "/H1" not in tags:
        yield "14-002 no first heading"
    for element, tag in zip(elements, tags, strict=True):
        if tag == "/Table" and "/TH" not in {one["/S"] for one in _walk(element)}:
            yield "15-003 a table without header cells"


def _pages(reader: PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, 1):
        if "/StructParents" not in page:
            yield f"01-005 page {number} is not in the tree of tags"
        content = page.get_contents()
        if content is not None and _unmarked(content.get_data()):
            yield f"01-003 page {number} draws text outside any tag or artifact"
        if "/Annots" in page and page.get("/Tabs") != "/S":
            yield f"28-008 page {number} has links whose order is not that of the tags"


def _unmarked(stream: bytes) -> bool:
    """Whether text is shown while no marked content is open."""
    depth = 0
    for operator in re.findall(rb"\b(BMC|BDC|EMC|Tj|TJ)\b", stream):
        if operator in (b"BMC", b"BDC"):
            depth += 1
        elif operator == b"EMC":
            depth -= 1
        elif depth == 0:
            return True
    return False


def _walk(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        element = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(element, DictionaryObject) and "/S" in element:
            yield element
            yield from _walk(element)
