"""What signing in and the work on accounts refuse, in both languages."""

from __future__ import annotations

from datetime import timedelta

from backend.errors import FieldError, Problem


def not_signed_in() -> Problem:
    return Problem(
        401,
        "not_signed_in",
        "Bạn chưa đăng nhập hoặc phiên đã hết hạn",
        "You are not signed in, or the session has ended",
        "Đăng nhập lại rồi làm tiếp.",
        "Sign in again, then go on.",
    )


def wrong_credentials() -> Problem:
    return Problem(
        401,
        "wrong_credentials",
        "Tên đăng nhập hoặc mật khẩu không đúng",
        "The user name or the password is wrong",
        "Kiểm tra phím Caps Lock rồi nhập lại. Quên mật khẩu: liên hệ người quản trị tài khoản.",
        "Check Caps Lock and type it again. Forgotten: ask the administrator of accounts.",
    )


def too_many_attempts(window: timedelta) -> Problem:
    minutes = int(window.total_seconds() // 60)
    return Problem(
        429,
        "too_many_attempts",
        "Đã nhập sai quá nhiều lần",
        "Too many wrong attempts",
        f"Hãy đợi {minutes} phút rồi thử lại.",
        f"Wait {minutes} minutes, then try again.",
        headers={"Retry-After": str(minutes * 60)},
    )


def sign_in_incomplete(stage: str) -> Problem:
    """The password was right, and something more is owed that a program cannot give here."""
    if stage == "second_factor":
        return Problem(
            401,
            "second_factor_needed",
            "Cần thêm mã xác thực",
            "A second factor is needed",
            "Gửi lại kèm mã 6 số trong trường code.",
            "Send it again with the code of 6 digits in `code`.",
        )
    return Problem(
        403,
        "sign_in_incomplete",
        "Cần hoàn tất đăng nhập trên trình duyệt",
        "The sign-in must be completed in a browser",
        "Mở trang đăng nhập để bật xác thực hai lớp hoặc đổi mật khẩu.",
        "Open the sign-in page to set the second factor or to change the password.",
    )


def password_unfit(message_vi: str, message_en: str, field: str = "new_password") -> Problem:
    return Problem(
        422,
        "password_unfit",
        "Không dùng được mật khẩu này",
        "This password cannot be used",
        message_vi,
        message_en,
        errors=(FieldError(field, message_en),),
    )


def issuer_refused(why_vi: str, why_en: str, *, status: int = 401) -> Problem:
    return Problem(
        status,
        "single_sign_on_failed",
        "Không đăng nhập một lần được",
        "Single sign-on did not succeed",
        why_vi,
        why_en,
    )


def name_taken(username: str) -> Problem:
    return Problem(
        409,
        "name_taken",
        "Tên đăng nhập này đã có người dùng",
        "There is such an account already",
        username,
        username,
        errors=(FieldError("username", "taken"),),
    )


def not_yourself() -> Problem:
    return Problem(
        409,
        "not_yourself",
        "Không tự làm việc này với tài khoản của mình",
        "Nobody does this to his own account",
        "Nhờ một người quản trị khác.",
        "Ask another administrator.",
    )


def last_administrator() -> Problem:
    return Problem(
        409,
        "last_administrator",
        "Phải còn ít nhất một người quản trị",
        "At least one administrator must remain",
        "Giao quyền quản trị cho người khác trước.",
        "Make somebody else an administrator first.",
    )


def field_wrong(field: str, message_vi: str, message_en: str) -> Problem:
    return Problem(
        422,
        "field_wrong",
        "Kiểm tra lại một mục",
        "One field is not right",
        message_vi,
        message_en,
        errors=(FieldError(field, message_en),),
    )
