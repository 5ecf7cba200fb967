"""`phatnguoi`: the backend, its demo and its tools."""

# ruff: noqa: PLC0415 - each command imports what it needs, so that `--help` is quick and light

from __future__ import annotations

import contextlib
import secrets
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from backend.dossiers.commands import verify_document
from backend.releases.commands import release
from backend.terminal import console, fail

if TYPE_CHECKING:
    from backend.accounts.models import Role
    from backend.accounts.service import NewAccount
    from penalty.acts import Signatory

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Phạt nguội: từ camera đến hồ sơ đã kết thúc. From the road camera to the closed case.",
)
staff = typer.Typer(no_args_is_help=True, help="Tài khoản cán bộ / Accounts of staff.")
config = typer.Typer(no_args_is_help=True, help="Cấu hình / Settings.")
labels = typer.Typer(no_args_is_help=True, help="Nhãn để huấn luyện / Labels for training the cameras.")
app.add_typer(staff, name="staff")
app.add_typer(config, name="config")
app.add_typer(labels, name="labels")
app.add_typer(release, name="release")
app.command("verify-document")(verify_document)

DataDir = Annotated[
    Path,
    typer.Option(
        "--data", help="Folder of the embedded servers, where DATABASE_URL or S3_ENDPOINT is unset."
    ),
]
DATA = Path("data")
DEMO_DATA = Path("demo-data")


@contextlib.contextmanager
def _surroundings(data: Path) -> Iterator[None]:
    """As `surroundings`, and every fault a person can mend ends the command with one clear text."""
    from pydantic import ValidationError

    from backend.embedded.process import EmbeddedError
    from backend.embedded.surroundings import surroundings
    from backend.settings import UnsafeSettingsError

    try:
        with surroundings(data):
            yield
    except (EmbeddedError, UnsafeSettingsError) as error:
        raise fail(error) from error
    except ValidationError as error:
        if error.title != "Settings":
            raise
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper()
            console.print(f"{name}: {fault['msg']}", style="red", markup=False)
        raise typer.Exit(1) from error


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Play the whole way without a person, then end.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo and start anew.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Play the clip again and again.")] = False,
    data: Annotated[Path, typer.Option("--data", help="Where the demo keeps everything.")] = DEMO_DATA,
    clip: Annotated[
        Path | None, typer.Option("--clip", help="Folder with camera.toml, truth.json and the video.")
    ] = None,
) -> None:
    """Play a road camera and take its violations all the way to the closed case."""
    try:
        from backend.demo.run import run_demo
    except ImportError as error:
        raise fail(RuntimeError(f"{error}. The demo needs the extras edge, backend and embedded.")) from error
    raise typer.Exit(run_demo(data_dir=data, once=once, fresh=fresh, loop=loop, clip=clip))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    data: DataDir = DATA,
) -> None:
    """Serve the API and the screens; with RUN_WORKER=true a job worker beside."""
    import uvicorn

    from backend.app import create_app
    from backend.settings import Settings

    with _surroundings(data):
        settings = Settings()
        # In production several of these may start at once, and `phatnguoi migrate` has gone before.
        if settings.environment != "production":
            _prepare()
        # Behind a proxy, its address belongs into FORWARDED_ALLOW_IPS, which uvicorn reads.
        uvicorn.run(create_app(settings), host=host, port=port, log_level="info", server_header=False)


@app.command()
def worker(data: DataDir = DATA) -> None:
    """Run jobs until told to stop; start as many of these as the work needs."""
    from backend.jobs import run_worker
    from backend.services import make_services
    from backend.settings import Settings, require_safe

    with _surroundings(data):
        settings = Settings()
        require_safe(settings)
        run_worker(make_services(settings))


@app.command("openapi")
def write_openapi(
    file: Annotated[Path, typer.Argument(help="Where to, e.g. docs/openapi.json.")],
) -> None:
    """Write down the OpenAPI document of the API."""
    from backend.app import bare_app
    from backend.openapi import as_text

    file.write_text(as_text(bare_app()), encoding="utf-8")
    console.print(str(file))


@app.command()
def migrate(
    data: DataDir = DATA,
    new: Annotated[str, typer.Option("--new", help="Write a migration of this name from the models.")] = "",
) -> None:
    """Bring the database and the buckets to what this version needs. Safe to repeat."""
    if new:
        _write_migration(new)
        return
    with _surroundings(data):
        _prepare()
    console.print("Database and object store are up to date.")


@staff.command("create")
def create_staff(
    username: str,
    *,
    full_name: Annotated[str, typer.Option("--name", help="Full name, as documents print it.")],
    role: Annotated[
        list[str], typer.Option("--role", help="One of the roles in docs/operating.md; may be repeated.")
    ],
    title: Annotated[str, typer.Option(help="Rank or office, as documents print it.")] = "Cán bộ",
    position: Annotated[
        str, typer.Option(help="Office that gives the power to sign (docs/operating.md lists them).")
    ] = "",
    area: Annotated[
        list[str] | None,
        typer.Option("--area", help="Code of an area to work on; may be repeated. None: all of them."),
    ] = None,
    data: DataDir = DATA,
) -> None:
    """Add a member of staff. The password is read from the terminal or a pipe; an empty one is made up."""
    from backend.accounts.roles import WHOLE
    from backend.accounts.service import NewAccount

    new = NewAccount(
        username=username,
        full_name=full_name,
        title=title,
        roles=_roles(role),
        position=_position(position),
        areas=tuple(area or (WHOLE,)),
    )
    given = _read_password()
    password = given or secrets.token_urlsafe(12)
    with _surroundings(data):
        _add_account(new, password)
    console.print(f"Account {username} is ready.")
    if not given:
        print(password)


@config.command("check")
def check_config(data: DataDir = DATA) -> None:
    """Say which settings would stop this installation from running safely, and try the servers they name."""
    from backend.services import make_services
    from backend.settings import Settings, production_faults

    with _surroundings(data):
        settings = Settings()
        faults = production_faults(settings) + _unreachable(make_services(settings))
    for fault in faults:
        console.print(fault, style="red", markup=False)
    if faults:
        raise typer.Exit(1)
    console.print(f"Settings are fit for {settings.environment}.")


@labels.command("export")
def export_labels_command(
    folder: Annotated[Path, typer.Argument(help="A new folder. Real people and plates go into it.")],
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was decided since this day.")
    ] = None,
    data: DataDir = DATA,
) -> None:
    """Write what officers decided as pictures and labels, for `phatnguoi-edge train --labels`. Logged."""
    from backend.evidence.store import StoreUnavailableError
    from backend.review.labels import LabelsFolderError, export_labels
    from backend.services import make_services
    from backend.settings import Settings
    from penalty.calendar import VIETNAM

    day = since.replace(tzinfo=VIETNAM) if since else None
    with _surroundings(data):
        services = make_services(Settings())
        try:
            with services.database.unit_of_work() as session:
                done = export_labels(services, session, folder, actor="system", since=day)
        except (LabelsFolderError, StoreUnavailableError, OSError) as error:
            raise fail(error) from error
    for key in done.missing_files:
        console.print(f"{key}: not in the store", style="red", markup=False)
    left_out = ", ".join(f"{code} {count}" for code, count in sorted(done.left_out.items())) or "none"
    console.print(f"{folder}: {done.written} decisions; left out by reason: {left_out}", markup=False)
    if done.missing_files:
        raise typer.Exit(1)


@app.command(
    add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def law(context: typer.Context) -> None:
    """Luật đang áp dụng / The fines and time limits this program knows."""
    from penalty.cli import app as law_app

    law_app(args=context.args, prog_name="phatnguoi law")


def _roles(names: list[str]) -> tuple[Role, ...]:
    from backend.accounts.models import ROLES

    known: tuple[Role, ...] = ROLES
    unknown = sorted(set(names) - set(known))
    if unknown or not names:
        said = f"{', '.join(unknown) or 'none'}; known are {', '.join(known)}"
        raise typer.BadParameter(said, param_hint="--role")
    return tuple(role for role in known if role in names)


def _position(name: str) -> Signatory | None:
    from penalty.acts import Signatory

    known: tuple[Signatory, ...] = get_args(Signatory)
    if name and name not in known:
        raise typer.BadParameter(f"{name}; known are {', '.join(known)}", param_hint="--position")
    return next((one for one in known if one == name), None)


def _add_account(new: NewAccount, password: str) -> None:
    from sqlalchemy.exc import IntegrityError

    from backend.accounts.service import create_account
    from backend.services import make_services
    from backend.settings import Settings

    try:
        with make_services(Settings()).database.unit_of_work() as session:
            create_account(session, new, password=password)
    except ValueError as error:
        raise fail(error) from error
    except IntegrityError as error:
        raise fail(RuntimeError(f"{new.username}: there is such an account already")) from error


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(
            typer.prompt("Password (empty: make one up)", default="", hide_input=True, show_default=False)
        )
    return sys.stdin.readline().rstrip("\n")


def _prepare() -> None:
    from backend.migrations import upgrade
    from backend.services import make_services
    from backend.settings import Settings, require_safe

    settings = Settings()
    require_safe(settings)
    upgrade(settings.database_url)
    store = make_services(settings).store
    store.ensure_bucket(settings.s3_bucket, lock_days=settings.evidence_lock_days)
    store.ensure_bucket(settings.s3_documents_bucket)


def _unreachable(services: object) -> list[str]:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from backend.evidence.store import ObjectMissingError, StoreUnavailableError
    from backend.services import Services

    assert isinstance(services, Services)
    faults = []
    try:
        with services.database.unit_of_work() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        faults.append(f"DATABASE_URL: the database does not answer ({str(error).splitlines()[0]})")
    bucket = services.settings.s3_bucket
    try:
        if services.store.lock_days(bucket) is None:
            faults.append(f"S3_BUCKET: {bucket} has no object lock; use a bucket made by `phatnguoi migrate`")
    except ObjectMissingError:
        faults.append(f"S3_BUCKET: there is no bucket {bucket}; run `phatnguoi migrate`")
    except StoreUnavailableError as error:
        faults.append(f"S3_ENDPOINT: the object store does not answer ({error})")
    return faults


def _write_migration(name: str) -> None:
    from alembic import command

    from backend.embedded.postgres import EmbeddedPostgres
    from backend.migrations import alembic_config, upgrade

    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder), durable=False) as postgres:
        upgrade(postgres.url())
        command.revision(alembic_config(postgres.url()), message=name, autogenerate=True)


if __name__ == "__main__":
    app()
