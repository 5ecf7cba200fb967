"""All addresses of the counter."""

from __future__ import annotations

from fastapi import APIRouter

from backend.counter import declaring, desk, screens, tills

router = APIRouter(include_in_schema=False)
for part in (desk.router, tills.router, screens.router, declaring.router):
    router.include_router(part)
