"""What several test folders share: a real PostgreSQL and a real S3, once per test process, and a browser."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases

# The same engine on every machine; what concerns the others asks for them.
os.environ.setdefault("PHATNGUOI_ENGINE", "onnxruntime")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Without looking for garbage: what is collected lives as long as the process, and is never looked at."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


_LONG_FIRST = ("journeys", "demo", "faults", "benchmarks", "field")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: handed out last, one of them would keep one process busy while the others idle."""
    tests = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        noun = item.path.relative_to(tests).parts[0] if item.path.is_relative_to(tests) else ""
        return _LONG_FIRST.index(noun) if noun in _LONG_FIRST else len(_LONG_FIRST)

    items.sort(key=rank)


_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A browser for one module: Playwright's event loop would be in the way of other modules' own."""
    path = _chromium()
    if path is None:
        pytest.skip("no chromium here: install it, or name it in CHROMIUM, to run the browser journeys")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session", autouse=True)
def _networks_opened_once() -> Iterator[None]:
    """Networks are opened once: hundreds of tests look at pictures with the same few files."""
    import onnxruntime

    open_session, opened = onnxruntime.InferenceSession, {}

    def session(path: str, options: onnxruntime.SessionOptions | None = None, **how: Any) -> Any:
        threads = options and options.intra_op_num_threads
        key = (hashlib.sha256(Path(path).read_bytes()).digest(), threads, str(how))
        if key not in opened:
            opened[key] = open_session(path, options, **how)
        return opened[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnxruntime, "InferenceSession", session)
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from backend.embedded.postgres import EmbeddedPostgres

    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def store_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from backend.embedded.object_store import EmbeddedStore

    with EmbeddedStore(tmp_path_factory.mktemp("store")) as server:
        yield server.address


@pytest.fixture(scope="session")
def migrated_template(postgres) -> str:
    from backend.migrations import upgrade

    postgres.create_database("migrated")
    upgrade(postgres.url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def databases(postgres, migrated_template) -> Iterator[Databases]:
    from backend import database

    databases = Databases(postgres, migrated_template)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", databases.engine)
        patch.setattr(database.Database, "close", lambda _: None)
        yield databases


@pytest.fixture
def database_url(databases) -> Iterator[str]:
    """An empty, migrated database of this test's own."""
    with databases.empty() as url:
        yield url


@pytest.fixture(scope="session")
def common_settings(store_address):
    """Read from the environment once: that takes longer than many a test."""
    from backend.settings import Settings

    nobody = "http://127.0.0.1:9"
    return Settings(
        environment="test",
        public_url="http://testserver",
        secret_key="test-secret-key",
        database_url="postgresql://nobody@/none",
        s3_endpoint=store_address.endpoint,
        s3_access_key=store_address.access_key,
        s3_secret_key=store_address.secret_key,
        registry_url=nobody,
        population_url=nobody,
        vnpay_url=f"{nobody}/paymentv2/vpcpay.html",
        zalo_url=nobody,
        sms_url=nobody,
        vneid_url=nobody,
        eid_issuer=nobody,
        second_review_share=0,
        quiet_hours="00:00-00:00",
    )


@pytest.fixture
def settings(common_settings, database_url):
    """Settings of a backend under test; outside systems at a port where nobody listens."""
    return common_settings.model_copy(update={"database_url": database_url})


@pytest.fixture(scope="session")
def ensured() -> set[tuple[str, str, int]]:
    """The buckets that were made: no test takes one away, and asking for one takes as long as many a test."""
    return set()


@pytest.fixture
def app(settings, ensured):
    from backend.app import create_app

    app = create_app(settings)
    services = app.state.services
    for bucket, days in (
        (settings.s3_bucket, settings.evidence_lock_days),
        (settings.s3_documents_bucket, 0),
    ):
        if (settings.s3_endpoint, bucket, days) not in ensured:
            services.store.ensure_bucket(bucket, lock_days=days)
            ensured.add((settings.s3_endpoint, bucket, days))
    yield app
    services.database.close()


@pytest.fixture
def services(app):
    return app.state.services


@pytest.fixture(scope="session")
def portal():
    """One event loop for the requests of all test clients: by itself each request starts one, in a thread."""
    from anyio.from_thread import start_blocking_portal

    with start_blocking_portal("asyncio") as portal:
        yield portal


@pytest.fixture
def new_client(app, portal):
    """Makes clients, each with cookies of its own.

    Without lifespan: no worker runs beside; tests call `run_waiting_jobs` themselves.
    """
    from fastapi.testclient import TestClient

    def make() -> TestClient:
        client = TestClient(app, follow_redirects=False)
        client.portal = portal
        return client

    return make


@pytest.fixture
def client(new_client):
    return new_client()


@pytest.fixture
def session(services):
    """A transaction for arranging and looking; commit before calling the app."""
    with services.database.unit_of_work() as session:
        yield session


REPOSITORY = Path(__file__).parent.parent
