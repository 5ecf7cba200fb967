"""`phatnguoi release`: a key, a signed release, a look at one, and publishing it."""

# ruff: noqa: PLC0415 - each command imports what it needs, so that `phatnguoi --help` is quick and light

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backend.terminal import console, fail

release = typer.Typer(
    no_args_is_help=True, help="Bản phát hành cho hộp camera / Releases of the camera boxes' software."
)

BundlePath = Annotated[Path, typer.Argument(help="Bản phát hành / The release (zip).")]


@release.command()
def key(file: Annotated[Path, typer.Argument(help="A new file; keep it off the server.")]) -> None:
    """Make the key that signs releases, and print what servers and boxes must know of it."""
    from backend.releases.making import write_private_key
    from edge.report import key_fingerprint, public_key_b64

    try:
        public = public_key_b64(write_private_key(file))
    except OSError as error:
        raise fail(error) from error
    typer.echo(f"public_key {public}\nshort form {key_fingerprint(public)}")


@release.command()
def make(
    wheel: Annotated[list[Path], typer.Argument(help="Wheel of this program, and of what it newly needs.")],
    *,
    out: Annotated[Path, typer.Option(help="The bundle; a new file.")],
    key_file: Annotated[Path, typer.Option("--key", help="The key, from `phatnguoi release key`.")],
    notes_vi: Annotated[str, typer.Option(help="What is new, in Vietnamese.")],
    notes_en: Annotated[str, typer.Option(help="What is new, in English.")],
) -> None:
    """Put a release together and sign it. Build the wheel first: pip wheel --no-deps ."""
    from backend.database import utc_now
    from backend.releases.making import MakingError, make_release, read_private_key

    try:
        made = make_release(
            wheel,
            out,
            key=read_private_key(key_file),
            notes_vi=notes_vi,
            notes_en=notes_en,
            now=utc_now(),
        )
    except (MakingError, OSError) as error:
        raise fail(error) from error
    typer.echo(f"{out}: {made.version}, {len(made.files)} files, {len(made.weights)} networks")


@release.command()
def check(
    file: BundlePath,
    key_b64: Annotated[str, typer.Option("--public-key", help="The public key, in base64.")],
) -> None:
    """Say whether a release is whole and signed by this key, and what is in it."""
    from edge.bundle import BundleError, check_files, read_manifest
    from edge.report import load_public_key

    try:
        manifest = read_manifest(file, [load_public_key(key_b64)])
        check_files(file, manifest)
    except (BundleError, ValueError, OSError) as error:
        raise fail(error) from error
    said = manifest.contract
    typer.echo(f"{manifest.version}, {manifest.made_at:%Y-%m-%d %H:%M} UTC\n{manifest.notes_vi}")
    typer.echo(f"{manifest.notes_en}\n{said.report}, {said.heartbeat}, outbox format {said.outbox}")
    for one in manifest.weights:
        typer.echo(f"{one.sha256}  {one.name}")


@release.command()
def publish(
    file: BundlePath,
    data: Annotated[Path, typer.Option("--data", help="As of `phatnguoi serve`.")] = Path("data"),
) -> None:
    """Keep a release on this server, checked; operators then roll it out. Also on the page of releases."""
    from backend.database import utc_now
    from backend.embedded.surroundings import surroundings
    from backend.errors import Problem
    from backend.releases import service
    from backend.services import make_services
    from backend.settings import Settings

    with surroundings(data):
        services = make_services(Settings())
        try:
            with services.database.unit_of_work() as session:
                found = service.publish(session, services, file.read_bytes(), actor="system", now=utc_now())
                words = f"{found.version} {found.sha256}"
        except (Problem, OSError, RuntimeError) as error:
            raise fail(error) from error
    console.print(words, markup=False)
