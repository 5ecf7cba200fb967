"""`phatnguoi verify-document`: whether a paper is genuine, without a network."""

# ruff: noqa: PLC0415 - the command imports what it needs, so that `phatnguoi --help` is quick and light

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.terminal import fail

if TYPE_CHECKING:
    from backend.dossiers.pades import Checked


def verify_document(
    file: Annotated[
        Path, typer.Argument(help="Giấy tờ PDF, hoặc ảnh chụp / The paper (PDF), or a photograph of it.")
    ],
    trust: Annotated[
        Path | None,
        typer.Option(
            "--trust",
            help="Chứng thư gốc / Root certificate (PEM), from /v1/papers/authority.pem.",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="Khóa của mã QR / Key of the QR codes, from /v1/papers/qr-key.pem."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for programs.")] = False,
) -> None:
    """Giấy tờ thật, còn nguyên vẹn? / Is this paper genuine and unchanged? Works offline."""
    from cryptography import x509

    from backend.dossiers.checking import PICTURES
    from backend.dossiers.pades import check_pdf

    if file.suffix.lower() in PICTURES:
        _verify_picture(file, key, as_json=as_json)
        return
    if trust is None:
        raise fail(RuntimeError("--trust: cần chứng thư gốc để kiểm tra PDF / a PDF needs it"))
    try:
        roots = x509.load_pem_x509_certificates(trust.read_bytes())
        checked = check_pdf(file.read_bytes(), roots)
    except (OSError, ValueError) as error:
        raise fail(error) from error
    _print_checked(checked, as_json=as_json)
    if not checked.good:
        raise typer.Exit(1)


def _print_checked(checked: Checked, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**asdict(checked), "good": checked.good}, ensure_ascii=False, default=str))
    elif checked.good:
        typer.echo(f"Còn nguyên vẹn, đúng cơ quan ký / genuine and unchanged: {checked.signer}")
        typer.echo(f"Ký lúc / signed at: {checked.stamped_at}")
    else:
        for words in checked.why:
            typer.echo(words)


def _verify_picture(file: Path, key: Path | None, *, as_json: bool) -> None:
    """A photograph: what its QR code says the paper must say."""
    from dataclasses import asdict

    from backend.dossiers.checking import read_picture
    from backend.dossiers.numbers import paper_of_qr
    from backend.dossiers.words import PAPERS
    from backend.transfers.values import key_of
    from penalty.money import format_vnd

    if key is None:
        raise fail(RuntimeError("--key: cần khóa của mã QR để kiểm tra ảnh / a photograph needs it"))
    try:
        said = read_picture(file.read_bytes(), key_of(key.read_text("ascii", "replace")))
    except (OSError, ValueError, ImportError) as error:
        raise fail(error) from error
    if as_json:
        typer.echo(json.dumps({**asdict(said), "good": True}, ensure_ascii=False, default=str))
        return
    vi, en = PAPERS[paper_of_qr(said.kind)]
    typer.echo(
        "Mã QR thật. Giấy phải ghi đúng như sau / the code is genuine; the paper must say exactly this:"
    )
    typer.echo(f"{vi} / {en}: {said.number}, {said.issued_on:%d/%m/%Y}")
    typer.echo(f"{said.plate}, {said.act_code}, {format_vnd(said.amount_vnd)}")
