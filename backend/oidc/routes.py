from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from backend.oidc.keys import client_key
from backend.services import ServicesDep

router = APIRouter(include_in_schema=False)


@router.get("/.well-known/jwks.json")
def jwks(services: ServicesDep) -> Response:
    """The public key that issuers check our assertions with."""
    return JSONResponse(
        {"keys": [client_key(services.settings).public]}, headers={"Cache-Control": "public, max-age=300"}
    )
