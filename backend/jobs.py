"""Jobs on the same PostgreSQL: asked for in the caller's transaction, run by any worker, safe to repeat."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import itertools
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

import procrastinate
from procrastinate import PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.database import libpq_url, utc_now
from backend.services import Services

logger = logging.getLogger(__name__)

JOB_MODULES = (
    "backend.owners.jobs",
    "backend.dossiers.jobs",
    "backend.payments.jobs",
    "backend.transfers.jobs",
    "backend.messages.jobs",
    "backend.approvals.jobs",
    "backend.alerts.jobs",
    "backend.cameras.jobs",
    "backend.fleets.jobs",
    "backend.idempotency.jobs",
)
SWEEP_EVERY_S = 20.0
DONE_JOBS_KEPT_HOURS = 7 * 24
_SWEEPS_A_PRUNE = 180
_SWEEPS_A_LOOK_AT_DEADLINES = 30
_LOOKS = {
    "alerts.look": 1,
    "dossiers.sweep": _SWEEPS_A_LOOK_AT_DEADLINES,
    "transfers.compare": _SWEEPS_A_LOOK_AT_DEADLINES,
    "approvals.expire": _SWEEPS_A_LOOK_AT_DEADLINES,
    "idempotency.forget": _SWEEPS_A_LOOK_AT_DEADLINES,
    "cameras.forget": _SWEEPS_A_LOOK_AT_DEADLINES,
    "fleets.recheck": _SWEEPS_A_LOOK_AT_DEADLINES,
}
"""What nobody asks for, and every how many sweeps it is done."""
_BACKOFF_FIRST_S = 1.0
_BACKOFF_MOST_S = 300.0

JobFunction = Callable[..., None]
Lane = Literal["default", "webhooks"]
"""Jobs of one lane never wait for another's: strangers' servers may be as slow as they like."""


@dataclass(frozen=True)
class JobKind:
    """A named job. `function(services, **args)` must be short and safe to run twice."""

    name: str
    function: JobFunction
    attempts: int


_registry: dict[str, JobKind] = {}


def job(name: str, *, attempts: int = 10) -> Callable[[JobFunction], JobFunction]:
    """Register `function(services: Services, **json_args) -> None` under `name`.

    A job that raises is tried again after 1, 2, 4 ... at most 300 seconds, `attempts` times in all.
    """

    def register(function: JobFunction) -> JobFunction:
        if name in _registry and _registry[name].function is not function:
            raise ValueError(f"two jobs are called {name}")
        _registry[name] = JobKind(name, function, attempts)
        return function

    return register


_DEFER = text(
    "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW("
    "CAST(:queue AS varchar), CAST(:name AS varchar), :priority, CAST(:lock AS text),"
    " CAST(:queueing_lock AS text), CAST(:args AS jsonb), CAST(:at AS timestamptz)"
    ")::procrastinate_job_to_defer_v1]))"
)


def defer(
    session: Session,
    name: str,
    *,
    lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
    lane: Lane = "default",
    **args: Any,
) -> int:
    """Ask for a job in the session's own transaction: no commit, no job. Returns the job's number.

    Args:
        session: the transaction the job belongs to.
        name: as registered with `job`.
        lock: jobs of the same lock never run at the same time.
        at: not before this moment.
        priority: higher runs first.
        lane: which of the worker's hands takes it up.
        **args: JSON values handed to the function.
    """
    values = {
        "queue": lane,
        "name": name,
        "priority": priority,
        "lock": lock,
        "queueing_lock": None,
        "args": json.dumps(args),
        "at": at,
    }
    return int(session.execute(_DEFER, values).scalar_one())


_TRIES = text(
    "SELECT max(attempts) FROM procrastinate_jobs"
    " WHERE task_name = :name AND status IN ('todo', 'doing') AND args @> CAST(:args AS jsonb)"
)


def tries(session: Session, name: str, **args: Any) -> int | None:
    """How often a job with these arguments that still waits was tried in vain; None: no such job waits."""
    found = session.execute(_TRIES, {"name": name, "args": json.dumps(args)}).scalar_one()
    return None if found is None else int(found)


class _Backoff(BaseRetryStrategy):
    def __init__(self, attempts: int) -> None:
        self._attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts + 1 >= self._attempts:
            logger.error("job %s %s gave up: %s", job.id, job.task_name, exception)
            return None
        wait_s = min(_BACKOFF_FIRST_S * 2**job.attempts, _BACKOFF_MOST_S)
        return RetryDecision(retry_at=utc_now() + timedelta(seconds=wait_s))


def load_jobs() -> None:
    """Import every module that registers jobs."""
    for name in JOB_MODULES:
        importlib.import_module(name)


def make_job_app(services: Services) -> procrastinate.App:
    """A procrastinate app whose tasks are the registered jobs, bound to these services."""
    load_jobs()
    connector = PsycopgConnector(conninfo=libpq_url(services.settings.database_url), min_size=1, max_size=6)
    app = procrastinate.App(connector=connector)
    for kind in _registry.values():
        app.task(name=kind.name, retry=_Backoff(kind.attempts))(_bound(kind.function, services))
    return app


def _bound(function: JobFunction, services: Services) -> JobFunction:
    def run(**args: Any) -> None:
        function(services, **args)

    return run


async def sweep_stalled(app: procrastinate.App) -> int:
    """Give jobs of workers that died back to the queue. Returns how many."""
    count = 0
    for stalled in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(stalled, retry_at=utc_now())
        logger.warning("job %s %s was left by a dead worker; queued again", stalled.id, stalled.task_name)
        count += 1
    return count


async def _sweep_forever(app: procrastinate.App, looks: Sequence[tuple[int, Callable[[], object]]]) -> None:
    for sweeps in itertools.count():
        try:
            for every, look in looks:
                if sweeps % every == 0:
                    await asyncio.to_thread(look)
            await sweep_stalled(app)
            if sweeps % _SWEEPS_A_PRUNE == 0:
                await app.job_manager.delete_old_jobs(nb_hours=DONE_JOBS_KEPT_HOURS)
        except procrastinate.exceptions.ConnectorException:
            logger.warning("sweep of stalled jobs failed; trying again", exc_info=True)
        await asyncio.sleep(SWEEP_EVERY_S)


def count_failed(session: Session) -> int:
    """How many jobs gave up and wait for a person."""
    failed = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    return int(session.execute(failed).scalar_one())


_DUE = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
)


async def _work_until_idle(services: Services) -> None:
    app = make_job_app(services)
    async with app.open_async():
        while _has_due_jobs(services):
            await app.run_worker_async(
                concurrency=services.settings.worker_concurrency,
                wait=False,
                install_signal_handlers=False,
                listen_notify=False,
                shutdown_graceful_timeout=10,
            )


def _has_due_jobs(services: Services) -> bool:
    """Whether a job waits that may run now. A worker leaves one behind whose lock was held at that moment."""
    with services.database.unit_of_work() as session:
        return bool(session.execute(_DUE).scalar_one())


async def _work_and_sweep(services: Services) -> None:
    """Runs until cancelled; a lost database connection starts the worker anew."""
    app = make_job_app(services)
    while True:
        try:
            async with app.open_async(), _background(_sweep_forever(app, _looks(services))):
                await _work_in_lanes(app, services)
        except* procrastinate.exceptions.ConnectorException:
            logger.warning("the worker lost the database; starting again", exc_info=True)
            await asyncio.sleep(1)


async def _work_in_lanes(app: procrastinate.App, services: Services) -> None:
    """Runs until cancelled, or until a lane fails: then the others are cancelled too."""
    hands: dict[Lane, int] = {
        "default": services.settings.worker_concurrency,
        "webhooks": services.settings.webhook_concurrency,
    }
    async with asyncio.TaskGroup() as group:
        for lane, concurrency in hands.items():
            group.create_task(
                app.run_worker_async(
                    queues=[lane],
                    name=lane,
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=10,
                )
            )


def _looks(services: Services) -> tuple[tuple[int, Callable[[], object]], ...]:
    """What is looked at regularly, and every how many sweeps; a fault there must not end the sweeping."""

    def look(name: str) -> None:
        try:
            _registry[name].function(services)
        except Exception:
            logger.exception("%s failed; trying again", name)

    return tuple((every, partial(look, name)) for name, every in _LOOKS.items())


@contextlib.asynccontextmanager
async def _background(coroutine: Any) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(coroutine)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def worker_beside(services: Services) -> AsyncIterator[None]:
    """A worker in this process for as long as the block lasts."""
    async with _background(_work_and_sweep(services)):
        yield


def run_worker(services: Services) -> None:
    """A worker process of its own: runs until SIGINT or SIGTERM."""
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_until_signalled(services))


async def _until_signalled(services: Services) -> None:
    import signal  # noqa: PLC0415 -- only where a process is a worker

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with worker_beside(services):
        await stop.wait()


def sweep(services: Services) -> int:
    """Give the jobs of dead workers back to the queue, once. Returns how many."""
    return asyncio.run(_sweep_once(services))


async def _sweep_once(services: Services) -> int:
    app = make_job_app(services)
    async with app.open_async():
        return await sweep_stalled(app)


def run_waiting_jobs(services: Services) -> None:
    """Run every job that may run now, then return. For scripts and tests."""
    asyncio.run(_work_until_idle(services))
