"""One error type for everything the backend refuses, and how it is shown: problem+json or a plain page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import DataError, NoResultFound, OperationalError
from starlette.exceptions import HTTPException as StarletteHTTPException

from backend import plain
from backend.evidence.store import StoreUnavailableError
from backend.i18n import api_language

logger = logging.getLogger(__name__)

_OURS = 500
"""From here on it is our fault, and nothing may be asked of the database."""
_FRONT_DOOR = "/dang-nhap"
"""Of staff: whoever is signed in already goes on to where his work is."""
_STAFF_PAGES = ("/canh-sat", "/dieu-hanh", "/ke-toan", "/quan-tri", "/quay", "/tai-khoan")
PROBLEM_TYPE = "https://phatnguoi.invalid/problems/"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field, e.g. `FieldError("plate.text", "must be ...")`.

    `words`: the same for people, Vietnamese and English.
    """

    field: str
    message: str
    words: plain.Pair | None = None

    def name(self, language: str) -> str:
        """The field as its form calls it; nothing for one that no form has."""
        found = plain.field_name(self.field)
        return "" if found is None else found[0 if language == "vi" else 1]

    def said(self, language: str) -> str:
        """What is wrong, for people."""
        return self.message if self.words is None else self.words[0 if language == "vi" else 1]

    def told(self, language: str) -> str:
        """What is wrong, for programs: whoever reads English gets the message itself."""
        return self.message if language == "en" else self.said(language)


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 -- named after the media type it becomes
    """A refusal that says what, where and what to do (RFC 9457), in both languages."""

    status: int
    code: str
    title_vi: str
    title_en: str
    detail_vi: str = ""
    detail_en: str = ""
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.title_en} {self.detail_en}".strip()

    def title(self, language: str) -> str:
        return self.title_vi if language == "vi" else self.title_en

    def detail(self, language: str) -> str:
        return self.detail_vi if language == "vi" else self.detail_en

    def body(self, *, language: str, instance: str) -> dict[str, Any]:
        return {
            "type": PROBLEM_TYPE + self.code,
            "title": self.title(language),
            "status": self.status,
            "detail": self.detail(language),
            "instance": instance,
            "code": self.code,
            "errors": [{"field": error.field, "message": error.told(language)} for error in self.errors],
        }


class BodyRefusedError(HTTPException):
    """A problem found while the body is read, which FastAPI would otherwise call an unreadable body."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, str(problem))
        self.problem = problem


def not_found(what_vi: str = "Không tìm thấy", what_en: str = "Not found") -> Problem:
    return Problem(404, "not_found", what_vi, what_en)


def version_conflict(current_version: int) -> Problem:
    """412: somebody changed the thing since it was read."""
    return Problem(
        412,
        "version_conflict",
        "Hồ sơ vừa được người khác thay đổi",
        "Somebody changed this in the meantime",
        f"Nay là phiên bản {current_version}; việc bạn vừa làm chưa được thực hiện. "
        "Hãy tải lại, xem lại rồi làm tiếp.",
        f"It is now at version {current_version}; what you did was not carried out. "
        "Load it again, look at it again, then go on.",
    )


def field_errors(errors: Iterable[Any], *, root: str = "") -> tuple[FieldError, ...]:
    """Pydantic's errors as field paths: `("body", "files", 0, "size_bytes")` is `files[0].size_bytes`."""
    return tuple(
        FieldError(_path((*error["loc"], *_named(error)), root), error["msg"], plain.words(error))
        for error in errors
    )


def _named(error: Any) -> tuple[str, ...]:
    """The field that a check of the whole model blames."""
    field = error.get("ctx", {}).get("field")
    return (field,) if isinstance(field, str) else ()


def _path(location: tuple[int | str, ...], root: str) -> str:
    path = root
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part not in {"body", "query", "path", "header"} or path:
            path += f".{part}" if path else str(part)
    return path or "body"


def wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/v1/", "/healthz", "/readyz"))


def answer(request: Request, problem: Problem) -> Response:
    """The problem as this caller reads it."""
    if wants_json(request):
        language = api_language(request)
        return JSONResponse(
            problem.body(language=language, instance=request.url.path),
            problem.status,
            headers={"Content-Language": language, **problem.headers},
            media_type="application/problem+json",
        )
    if problem.code == "not_signed_in":
        back = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/dang-nhap?next={quote(back)}", status_code=303)
    if problem.code == "citizen_not_signed_in":
        return RedirectResponse("/cua-toi/dang-nhap", status_code=303)
    # all of them raise and render problems too
    from backend.accounts.cookies import home_of  # noqa: PLC0415
    from backend.accounts.guards import recognise  # noqa: PLC0415
    from backend.templating import KIOSK_COOKIE, page_before, render  # noqa: PLC0415

    if problem.code == "owner_session_over" and KIOSK_COOKIE in request.cookies:
        return RedirectResponse("/kiosk", status_code=303)

    staff = request.url.path.startswith(_STAFF_PAGES)
    account = recognise(request) if staff and problem.status < _OURS else None
    return render(
        request,
        "portal/visit_over.html" if problem.code == "owner_session_over" else "error.html",
        status_code=problem.status,
        headers=problem.headers,
        problem=problem,
        layout="staff.html" if account else "base.html" if staff else "portal/layout.html",
        staff=staff,
        back=page_before(request),
        again=_again(request) if problem.status >= _OURS else None,
        home=home_of(account) if account else _FRONT_DOOR if staff else "/",
    )


def _again(request: Request) -> str | None:
    """The page that failed, where asking for it once more does nothing twice."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}" if request.method == "GET" else None


def _invalid(request: Request, errors: Sequence[Any]) -> Problem:
    if not wants_json(request) and any(one["loc"][0] == "path" for one in errors):
        return _of_http(request, 404)
    found = field_errors(errors)
    return Problem(
        422,
        "request_invalid",
        "Dữ liệu gửi lên chưa đúng",
        "The request is not valid",
        "Sửa các mục được nêu rồi gửi lại.",
        "Correct the fields that are named, and send it again.",
        errors=found,
    )


_HTTP_TITLES = {
    404: ("Không tìm thấy trang này", "There is nothing at this address"),
    405: ("Địa chỉ này không nhận cách gọi đó", "This address does not take that method"),
    413: ("Nội dung gửi lên quá lớn", "What was sent is too large"),
}


_PAGE_TITLES = {405: ("Trang này không mở trực tiếp được", "This page cannot be opened by itself")}


def _of_http(request: Request, status: int, said: object = "") -> Problem:
    """What the framework refuses; what it says itself is for programs."""
    known = _HTTP_TITLES if wants_json(request) else {**_HTTP_TITLES, **_PAGE_TITLES}
    vi, en = known.get(status, ("Yêu cầu không thực hiện được", "The request could not be carried out"))
    detail = str(said) if wants_json(request) and status not in known else ""
    return Problem(status, f"http_{status}", vi, en, detail, detail)


def _unavailable(part_vi: str, part_en: str) -> Problem:
    return Problem(
        503,
        "temporarily_unavailable",
        f"{part_vi} tạm thời không trả lời",
        f"The {part_en} does not answer at the moment",
        "Chưa có gì thay đổi. Hãy thử lại sau ít phút.",
        "Nothing was changed. Try again shortly.",
        headers={"Retry-After": "5"},
    )


def _problem(_: Request, error: Exception) -> Problem:
    assert isinstance(error, Problem)
    return error


def _validation(request: Request, error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)
    return _invalid(request, error.errors())


def _http(request: Request, error: Exception) -> Problem:
    assert isinstance(error, StarletteHTTPException)
    if isinstance(error, BodyRefusedError):
        return error.problem
    return _of_http(request, error.status_code, error.detail)


def _gone(request: Request, error: Exception) -> Problem:
    logger.info("%s: %s", request.url.path, error)
    return not_found("Không có, hoặc ngoài địa bàn của bạn", "Not there, or not yours")


def _unstorable(request: Request, error: Exception) -> Problem:
    logger.warning("%s: %s", request.url.path, getattr(error, "orig", error))
    return Problem(
        422,
        "value_unstorable",
        "Có giá trị không lưu được",
        "A value cannot be stored",
        "Một số quá lớn, hoặc chữ có ký tự rỗng (U+0000).",
        "A number is too large, or a text holds the character U+0000.",
    )


def _store(_: Request, error: Exception) -> Problem:
    logger.warning("%s", error)
    return _unavailable("Kho chứng cứ", "evidence store")


def _database(_: Request, error: Exception) -> Problem:
    logger.warning("database: %s", getattr(error, "orig", error))
    return _unavailable("Cơ sở dữ liệu", "database")


def _unexpected(request: Request, error: Exception) -> Problem:
    logger.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
    return Problem(
        500,
        "internal_error",
        "Hệ thống gặp lỗi",
        "Something failed on our side",
        "Lỗi đã được ghi lại. Hãy thử lại sau ít phút; nếu vẫn lỗi, hãy báo cho chúng tôi.",
        "It has been logged. Try again in a few minutes; if it stays, please tell us.",
    )


_TOLD_AS: dict[type[Exception], Callable[[Request, Exception], Problem]] = {
    Problem: _problem,
    RequestValidationError: _validation,
    StarletteHTTPException: _http,
    NoResultFound: _gone,
    DataError: _unstorable,
    StoreUnavailableError: _store,
    OperationalError: _database,
    Exception: _unexpected,
}


def install(app: FastAPI) -> None:
    """Answer each kind of error as a problem."""
    for kind, told in _TOLD_AS.items():
        app.add_exception_handler(kind, _answering(told))


def _answering(told: Callable[[Request, Exception], Problem]) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        return answer(request, told(request, error))

    return handle
