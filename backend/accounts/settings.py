"""The settings of staff and their sign-in, a part of `backend.settings.Settings`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from backend.accounts.roles import Role


class StaffSettings(BaseSettings):
    """Read as a part of `Settings`; names in the environment are the field names in capitals.

    `second_factor_roles`: who needs a second factor. `staff_oidc_*`: the authority's own issuer; a role that
    needs a second factor is asked for it here unless `acr` or `amr` of the sign-in is in `staff_oidc_strong`.
    Without `staff_oidc_client_secret` the key of OIDC_KEY_FILE proves who we are (private_key_jwt).
    """

    session_hours: Annotated[int, Field(ge=1, le=24)] = 10
    second_factor_roles: tuple[Role, ...] = ()

    staff_local_sign_in: bool = True
    staff_oidc_issuer: str | None = None
    staff_oidc_name: str = "SSO"
    staff_oidc_client_id: str = "phatnguoi"
    staff_oidc_client_secret: SecretStr | None = None
    staff_oidc_username_claim: str = "preferred_username"
    staff_oidc_strong: tuple[str, ...] = ("otp", "hwk", "mfa")


def staff_faults(settings: StaffSettings) -> list[str]:
    """What forbids these settings in production, one sentence a setting."""
    faults = []
    if settings.staff_local_sign_in and "administrator" not in settings.second_factor_roles:
        faults.append(
            "SECOND_FACTOR_ROLES: must name at least administrator while people sign in with passwords"
        )
    if not settings.staff_local_sign_in and settings.staff_oidc_issuer is None:
        faults.append("STAFF_OIDC_ISSUER: not set, and STAFF_LOCAL_SIGN_IN is off: nobody could sign in")
    return faults
