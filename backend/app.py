"""The web application: routers of every noun, errors, security headers, and a worker beside where asked."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute

from backend import errors
from backend.accounting.card_screens import router as card_screens
from backend.accounting.day_screens import router as day_screens
from backend.accounting.routes import router as accounting_router
from backend.accounting.screens import router as accounting_screens
from backend.accounting.statement_screens import router as statement_screens
from backend.accounts.administration import router as account_administration
from backend.accounts.own_pages import router as own_account_pages
from backend.accounts.routes import router as accounts_router
from backend.alerts.screens import router as alerts_router
from backend.approvals.routes import router as approvals_router
from backend.approvals.screens import router as approval_screens
from backend.audit.routes import router as audit_router
from backend.cameras.routes import router as cameras_router
from backend.cameras.screens import router as camera_screens
from backend.cameras.watching import Watchers
from backend.citizens.routes import router as citizens_router
from backend.citizens.sign_in import router as citizens_door
from backend.compression import Compression
from backend.counter.routes import router as counter_router
from backend.dossiers.routes import router as dossiers_router
from backend.evidence.pages import router as evidence_pages
from backend.evidence.routes import router as evidence_router
from backend.figures.published import OpenData
from backend.figures.routes import router as figures_router
from backend.fleets.pages import router as fleet_pages
from backend.fleets.routes import router as fleet_router
from backend.fleets.screens import router as fleet_screens
from backend.fleets.webhook_pages import router as fleet_webhooks
from backend.headers import SecurityHeaders
from backend.i18n import RemembersLanguage
from backend.intake.routes import router as intake_router
from backend.jobs import worker_beside
from backend.messages.contact_pages import router as contact_pages
from backend.messages.receipts import router as receipts_router
from backend.messages.routes import router as messages_router
from backend.messages.screens import router as messages_screens
from backend.oidc.routes import router as oidc_router
from backend.openapi import Application
from backend.operations.routes import router as operations_router
from backend.owners.routes import router as owners_router
from backend.payments.routes import router as payments_router
from backend.places.screens import router as area_screens
from backend.portal.kiosk import KioskKeepsNothing
from backend.portal.kiosk import router as kiosk_router
from backend.portal.kiosk_screens import router as kiosk_screens
from backend.portal.public_pages import router as public_pages
from backend.portal.routes import router as portal_router
from backend.rechecks.routes import router as rechecks_router
from backend.rechecks.screens import router as rechecks_screens
from backend.releases.routes import router as releases_router
from backend.releases.screens import router as release_screens
from backend.review.routes import router as review_router
from backend.review.screens import router as review_screens
from backend.services import Services, make_services
from backend.settings import Settings, require_safe
from backend.settlements.routes import router as settlements_router
from backend.settlements.screens import router as settlement_screens
from backend.sizes import RequestLimits
from backend.submissions.pages import router as submission_pages
from backend.submissions.routes import router as submissions_router
from backend.submissions.screens import router as submission_screens
from backend.transfers.routes import router as transfers_router
from backend.transfers.screens import router as transfer_screens

_ROUTERS = (
    accounts_router,
    own_account_pages,
    account_administration,
    area_screens,
    approvals_router,
    approval_screens,
    audit_router,
    intake_router,
    evidence_router,
    evidence_pages,
    review_router,
    review_screens,
    rechecks_router,
    rechecks_screens,
    operations_router,
    cameras_router,
    releases_router,
    release_screens,
    camera_screens,
    alerts_router,
    figures_router,
    owners_router,
    dossiers_router,
    accounting_screens,
    statement_screens,
    card_screens,
    accounting_router,  # before the payments, whose {gateway} would take its addresses
    day_screens,
    settlement_screens,
    settlements_router,
    payments_router,
    portal_router,
    public_pages,
    kiosk_router,
    kiosk_screens,
    oidc_router,
    citizens_door,
    citizens_router,
    submissions_router,
    submission_pages,
    submission_screens,
    counter_router,
    transfers_router,
    transfer_screens,
    receipts_router,
    messages_router,
    messages_screens,
    fleet_router,
    fleet_pages,
    fleet_webhooks,
    fleet_screens,
    contact_pages,
)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(services.database.close)
        if services.settings.run_worker:
            await stack.enter_async_context(worker_beside(services))
        yield


@functools.cache
def _routes() -> tuple[BaseRoute, ...]:
    """Read once in a process: FastAPI works out every route anew for each application that includes it."""
    gathered = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gathered.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    for router in _ROUTERS:
        gathered.include_router(router)
    return tuple(gathered.routes)


def bare_app() -> FastAPI:
    """All addresses and none of the services: enough to describe what there is."""
    return Application(
        title="phatnguoi",
        version="1",
        routes=list(_routes()),
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings (None: from the environment). Raises UnsafeSettingsError."""
    settings = settings or Settings()
    require_safe(settings)
    app = bare_app()
    app.state.services = make_services(settings)
    app.state.open_data = OpenData()
    app.state.watchers = Watchers(settings.camera_watchers, settings.camera_watched_by_one)
    errors.install(app)
    app.add_middleware(Compression)
    app.add_middleware(KioskKeepsNothing)
    app.add_middleware(RequestLimits, settings=settings)
    app.add_middleware(RemembersLanguage)
    app.add_middleware(SecurityHeaders, settings=settings)
    return app
