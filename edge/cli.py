"""`phatnguoi-edge`: the camera box from the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from edge.analysis_files import VIOLATIONS, Findings, write_findings
from edge.analysis_files import analyse as look_through
from edge.analysis_watch import asks_for_riders, open_eyes
from edge.annotate import annotate
from edge.box.command import check_box, run_alone, run_box, run_one
from edge.box.config import BoxFileError
from edge.calibration.cli import calibrate
from edge.capture import Frame, SourceError, open_source
from edge.detector.cli import app as detector_app
from edge.detector.errors import DetectorError
from edge.device import DeviceError, load_or_create
from edge.evidence.offline import prove_file
from edge.evidence.pictures import EvidenceMissing
from edge.evidence.reel import ClipError
from edge.outbox_cli import outbox
from edge.release.places import BAD_BOX_FILE
from edge.release.selftest import print_self_test
from edge.report import key_fingerprint
from edge.scene import Scene, SceneError, load_scene
from edge.section.cli import average_speed
from edge.settings import SettingsError, WorkerSettings
from edge.verify import is_whole, read_public_key, summary, verify_path
from edge.worker import Mode

app = typer.Typer(no_args_is_help=True, help="Camera phạt nguội / A traffic camera box: see, prove, report.")
app.add_typer(detector_app)
app.command()(outbox)
app.command()(calibrate)
app.command()(average_speed)

_console = Console(stderr=True)
_FAILED: Final = 1
_MENDABLE: Final = (
    SceneError,
    SourceError,
    DetectorError,
    DeviceError,
    SettingsError,
    EvidenceMissing,
    ClipError,
    OSError,
)

CameraPath = Annotated[
    Path, typer.Argument(help="Camera file (TOML), see docs/camera-file.md.", metavar="CAMERA.toml")
]
DataPath = Annotated[Path, typer.Option("--data", help="Data folder of this box.")]


@app.callback()
def main() -> None:
    """Camera phạt nguội / A traffic camera box: see, prove, report."""


@app.command()
def analyse(  # noqa: PLR0917 - one parameter an option
    camera: CameraPath,
    video: Annotated[Path, typer.Option("--video", help="Video file to look at.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for violations, withheld, tracks (.jsonl) and evidence/.")
    ],
    annotated: Annotated[bool, typer.Option("--annotate", help="Also write annotated.mp4.")] = False,
    began_at: Annotated[
        datetime | None,
        typer.Option(
            "--began-at", help="Wall clock of the first picture (UTC).", formats=["%Y-%m-%dT%H:%M:%S.%fZ"]
        ),
    ] = None,
    clock_uncertainty_s: Annotated[
        float, typer.Option("--clock-uncertainty", help="How far that may be from true time, seconds.", min=0)
    ] = 1.0,
) -> None:
    """Find the violations in a video file. Nothing is sent anywhere."""

    def work() -> None:
        scene = load_scene(camera)
        findings = _analyse(scene, video, began_at)
        write_findings(findings, out, clock_uncertainty_s=clock_uncertainty_s)
        _prove(findings, video, out, began_at)
        if annotated:
            annotate(video, findings, out / "annotated.mp4")
        _summary(findings, out)

    _guarded(work)


@app.command()
def run(  # noqa: PLR0917 - one parameter an option
    camera: CameraPath,
    source: Annotated[str, typer.Option("--source", help="Video file or rtsp:// address.")],
    backend: Annotated[str, typer.Option("--backend", help="Address of the backend.")],
    data: DataPath,
    loop: Annotated[bool, typer.Option("--loop", help="Play a file again and again.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Play a file once, deliver, end.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Play a file as fast as it can be looked at.")] = False,
) -> None:
    """Watch one camera and report what it proves. The evidence store is set by S3_ENDPOINT and the like."""
    if loop and once:
        raise typer.BadParameter("--loop and --once exclude each other")

    mode: Mode = "once" if once else "loop" if loop else "follow"

    def work() -> int:
        settings = WorkerSettings(data_folder=data, backend_url=backend)
        return run_alone(camera, source, mode=mode, realtime=not fast, settings=settings)

    _guarded(work)


@app.command()
def box(
    config: Annotated[
        Path, typer.Argument(help="Box file (TOML), see docs/operating.md.", metavar="BOX.toml")
    ],
    only: Annotated[
        str | None, typer.Option("--only", help="Watch one of its cameras in this process.", metavar="ID")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say what needs a person, and end with 1 if anything does.")
    ] = False,
    test: Annotated[
        bool, typer.Option("--self-test", help="Say whether this version can do this box's work.")
    ] = False,
) -> None:
    """Watch several cameras, one process each; restart what ends. Metrics are served on a local port."""

    def work() -> int:
        if check:
            return check_box(config)
        if test:
            return print_self_test(config)
        return run_one(config, only) if only is not None else run_box(config)

    _guarded(work)


@app.command()
def device(
    data: DataPath, name: Annotated[str, typer.Option(help="What people call this box.")] = "Camera box"
) -> None:
    """Show this box's id and public key; makes them on the first call."""

    def work() -> None:
        own = load_or_create(data, name)
        print(
            f"device_id  {own.device_id}\npublic_key {own.public_key_b64}\n"
            f"short form {key_fingerprint(own.public_key_b64)}  (the operator compares this one)\n"
            f"software   {own.software_version}"
        )

    _guarded(work)


@app.command()
def verify(
    folder: Annotated[
        Path, typer.Argument(help="Evidence folder with its manifest.json, or the zip of one.", metavar="DIR")
    ],
    key: Annotated[
        str | None, typer.Option("--public-key", "--key", help="Public key of the box: base64, or a file.")
    ] = None,
) -> None:
    """Check an evidence folder: every file against the manifest, the manifest against the signature."""

    def work() -> int:
        try:
            public_key = read_public_key(key) if key else None
        except ValueError as error:
            raise SettingsError(f"--public-key: {error}") from error
        findings = verify_path(folder, public_key)
        for one in findings:
            print(f"[{one.verdict}] {one.subject}: {one.vi} / {one.en}")
        print(*summary(findings), sep="\n")
        return 0 if is_whole(findings) else _FAILED

    _guarded(work)


def _analyse(scene: Scene, video: Path, began_at: datetime | None) -> Findings:

    eyes = open_eyes(riders=asks_for_riders(scene))
    source = open_source(str(video), start_at=began_at.replace(tzinfo=UTC) if began_at else None)
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=_console
    ) as progress:
        task = progress.add_task("0.0 s")

        def show(frame: Frame) -> None:
            progress.update(task, description=f"{frame.t_s:.1f} s, picture {frame.index + 1}")

        return look_through(
            source,
            scene,
            eyes.vehicles,
            eyes.plates,
            riders=eyes.riders,
            kinds=eyes.kinds,
            models=eyes.models,
            progress=show,
        )


def _prove(findings: Findings, video: Path, out: Path, began_at: datetime | None) -> None:
    """Evidence as the box would send it, signed with a key made for `out`. Without a told clock: its date."""
    began = began_at.replace(tzinfo=UTC) if began_at else datetime.fromtimestamp(video.stat().st_mtime, UTC)
    source = open_source(str(video), start_at=began)
    packs = prove_file(
        [event.case for event in findings.events],
        source,
        out / "evidence",
        device=load_or_create(out / "box", "offline"),
        scene=findings.scene.reported(),
        settings=WorkerSettings(data_folder=out / "box", backend_url="http://127.0.0.1"),
    )
    for pack in packs:
        print(f"{pack.report.times.t_event_s:8.2f} s  {pack.folder}")


def _summary(findings: Findings, out: Path) -> None:
    for event in findings.events:
        found = event.violation
        plate = event.case.plate.display if event.case.plate else "-"
        print(f"{found.t_event_s:8.2f} s  {found.act:14}  {found.kind:9}  {plate}")
    vehicles, kept_back = len(findings.passed), len(findings.suspicions)
    print(f"{len(findings.events)} violations, {kept_back} withheld, {vehicles} vehicles: {out / VIOLATIONS}")


def _guarded(work: Callable[[], int | None]) -> None:
    """Run a command; what a person can mend is said in one line and ends with status 1 (a box file: 78)."""
    try:
        code = work()
    except _MENDABLE as error:
        _console.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(BAD_BOX_FILE if isinstance(error, BoxFileError) else _FAILED) from error
    if code:
        raise typer.Exit(code)


if __name__ == "__main__":
    app()
