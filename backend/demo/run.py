"""`phatnguoi demo`: start everything, then wait for people, or play them."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backend.demo.clip import Clip, load_all, load_clip
from backend.demo.folder import DemoError, DemoFolder
from backend.demo.parts import Parts
from backend.demo.script import admit_camera, play_everybody
from backend.demo.staff import CHIEF, OFFICER, OPERATOR, OTHERS, ensure_staff, password_of
from backend.demo.steps import Steps
from backend.embedded.process import EmbeddedError
from backend.evidence.store import StoreUnavailableError
from backend.migrations import upgrade
from backend.services import make_services
from backend.settings import Settings

SUMMARY = Path("demo-summary.json")
INTERRUPTED = 130
LOG_COLUMNS = 120
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_demo(*, data_dir: Path, once: bool, fresh: bool, loop: bool = False, clip: Path | None = None) -> int:
    """Run the demo; the exit code: 0 as it should be, 1 not, 130 stopped by a person."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = LOG_COLUMNS
    # A played demo proves something only from the beginning, and must not touch the one people look at.
    folder = DemoFolder(data_dir / "once" if once else data_dir)
    try:
        with _stoppable(), _parts(folder, console, fresh=fresh or once) as parts:
            steps = Steps(console)
            clips = [load_clip(clip)] if clip or once else load_all()
            start_all(folder, parts, steps, clips)
            if once:
                return _play(folder, parts, steps, clips[0])
            with steps.step("Camera") as now:
                if len(clips) > 1:
                    parts.start_box(clips, loop=loop)
                else:
                    parts.start_edge(clips[0], mode=["--loop"] if loop else [])
                admit_camera(parts, folder.secrets(), clips)
                names = ", ".join(one.folder.name for one in clips)
                now.note(f"{names}; {'lặp lại / again and again' if loop else 'một lượt / one pass'}")
            _welcome(console, folder, parts)
            _stay(parts)
    except (DemoError, EmbeddedError, StoreUnavailableError) as error:
        console.print(f"\n[red]Không tiếp tục được / Cannot go on[/]\n{escape(str(error))}")
        console.print(f"Nhật ký / Logs: {folder.logs}")
        return 1
    except KeyboardInterrupt:
        console.print("Đã dừng mọi tiến trình. Every process was stopped.")
        return INTERRUPTED
    return 0


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP end the demo in the same way."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _parts(folder: DemoFolder, console: Console, *, fresh: bool) -> Iterator[Parts]:
    resumed = folder.open(fresh=fresh)
    said = "Tiếp tục bản trước trong / Resuming in" if resumed else "Bắt đầu mới trong / Starting clean in"
    console.print(f"{said} {folder.path}")
    parts = Parts(folder)
    try:
        yield parts
    finally:
        # A second Ctrl-C must not cut the orderly end short. After a kill -9 the parts end with this process.
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        with console.status("Đang dừng / Stopping"):
            parts.stop()
        folder.close()


def start_all(folder: DemoFolder, parts: Parts, steps: Steps, clips: Sequence[Clip]) -> None:
    """Everything but the cameras, in the order in which each finds what it needs."""
    with steps.step("PostgreSQL"):
        parts.start_postgres()
    with steps.step("Kho chứng cứ / Evidence store") as now:
        parts.start_store()
        now.note("S3, object lock")
    with steps.step("Hệ thống bên ngoài (giả lập) / Outside systems (sandbox)") as now:
        parts.choose_site()
        parts.start_sandbox(clips)
        now.note("đăng ký xe, dân cư, VNPAY, Zalo, SMS, VNeID / registers, gateway, messages")
    with steps.step("Cơ sở dữ liệu, tài khoản / Database, accounts"):
        settings = Settings.model_validate({name.lower(): value for name, value in parts.environment.items()})
        upgrade(settings.database_url)
        services = make_services(settings)
        services.store.ensure_bucket(settings.s3_bucket, lock_days=settings.evidence_lock_days)
        services.store.ensure_bucket(settings.s3_documents_bucket)
        ensure_staff(services.database, folder.secrets())
        services.database.close()
    with steps.step("Backend") as now:
        parts.start_backend()
        now.note(parts.site)


def _play(folder: DemoFolder, parts: Parts, steps: Steps, clip: Clip) -> int:
    dossiers: list[dict[str, object]] = []
    violations: list[dict[str, object]] = []
    ok = False
    try:
        verdict, found = play_everybody(folder, parts, steps, clip)
        violations = list(verdict.violations)
        dossiers = [_as_summed_up(dossier) for dossier in found]
        ok = verdict.ok
    finally:
        # Also where a step failed: how far it came is worth knowing.
        summary = {"ok": ok, "violations": violations, "dossiers": dossiers, "steps": steps.summary()}
        SUMMARY.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    steps.console.print(steps.table())
    for fault in verdict.faults:
        steps.console.print(f"[red]✗[/] {escape(fault)}")
    if ok:
        steps.console.print(f"[green]✓[/] {len(violations)} violations, {len(dossiers)} closed. {SUMMARY}")
    else:
        steps.console.print(f"Nhật ký / Logs: {folder.logs}. {SUMMARY}")
    return 0 if ok else 1


def _as_summed_up(dossier: dict[str, object]) -> dict[str, object]:
    return {name: dossier[name] for name in ("id", "state", "plate", "act", "fine_vnd", "paid_vnd")}


def _welcome(console: Console, folder: DemoFolder, parts: Parts) -> None:
    given = folder.secrets()
    table = Table(title="Mở bằng trình duyệt / Open in a browser", title_justify="left")
    for heading in ("Ai / Who", "Địa chỉ / Address", "Đăng nhập / Sign-in"):
        table.add_column(heading, overflow="fold")
    inbox = parts.outside["inbox"]["url"]
    table.add_row(
        "Cán bộ / Officer", f"{parts.site}/canh-sat", f"{OFFICER.username}  {given.officer_password}"
    )
    table.add_row(
        "Đội trưởng / Team chief",
        f"{parts.site}/canh-sat/ho-so",
        f"{CHIEF.username}  {given.chief_password}",
    )
    table.add_row(
        "Vận hành / Operator", f"{parts.site}/dieu-hanh", f"{OPERATOR.username}  {given.operator_password}"
    )
    table.add_row(
        "Chủ xe / Owner",
        f"{parts.site}/tra-cuu",
        f"biển số, số thông báo và mã trong điện thoại / plate, number and code from the phone: {inbox}",
    )
    for sample in OTHERS:
        sign_in = f"{sample.username}  {password_of(sample, given)}"
        table.add_row(f"{sample.title} / {sample.role}", f"{parts.site}/dang-nhap", sign_in)
    console.print(table)
    console.print("Ctrl-C: dừng tất cả / stop everything.")


def _stay(parts: Parts) -> None:
    """Until Ctrl-C; a part that ends by itself ends the demo and says so."""
    while True:
        parts.check()
        time.sleep(0.5)
