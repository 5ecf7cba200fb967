"""Every setting of the backend, from the environment. Demo and production differ by these values only."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from backend.accounts.settings import StaffSettings, staff_faults
from backend.messages.settings import DEMO_SECRET, MessageSettings, message_faults
from backend.messages.settings import LOCAL_HOSTS as _LOCAL_HOSTS
from backend.operations.tiles import Link, TileTemplate
from backend.transfers.values import Peer
from edge.report import load_public_key

__all__ = [
    "DEMO_SECRET",
    "DEMO_TERMINAL",
    "Settings",
    "UnsafeSettingsError",
    "production_faults",
    "require_safe",
]

DEMO_TERMINAL = "DEMO-POS-1"
AcquirerColumn = Literal["terminal_id", "slip", "amount_vnd", "charged_at"]
PaymentMethod = Literal["vietqr", "vnpay", "momo", "portal"]
SettlementSource = Literal[PaymentMethod, "card"]
_OUTSIDE_SYSTEMS = (
    "registry_url",
    "population_url",
    "vnpay_url",
    "vnpay_query_url",
    "momo_url",
    "portal_url",
    "eid_issuer",
)
_SECRETS = (
    "secret_key",
    "s3_secret_key",
    "vnpay_hash_secret",
    "momo_secret",
    "portal_secret",
)


_OWN_NETWORKS = (IPv4Network("127.0.0.0/8"), IPv4Network("169.254.0.0/16"), IPv6Network("::1/128"))
_SETTINGS_OF_METHOD: dict[PaymentMethod, tuple[str, ...]] = {
    "vnpay": ("vnpay_url", "vnpay_query_url", "vnpay_hash_secret"),
    "momo": ("momo_url", "momo_secret"),
    "portal": ("portal_url", "portal_secret"),
}


class Settings(StaffSettings, MessageSettings):
    """Read once at start. Names in the environment are the field names in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    environment: Literal["demo", "test", "production"] = "demo"
    public_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr = SecretStr(DEMO_SECRET)
    run_worker: bool = False
    worker_concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    webhook_concurrency: Annotated[int, Field(ge=1, le=64)] = 4

    database_url: str
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 10

    s3_endpoint: str
    s3_access_key: str = "demo"
    s3_secret_key: SecretStr = SecretStr(DEMO_SECRET)
    s3_secure: bool = False
    s3_bucket: str = "evidence"
    s3_documents_bucket: str = "documents"
    evidence_lock_days: Annotated[int, Field(ge=0, le=36500)] = 1
    evidence_file_max_bytes: Annotated[int, Field(gt=0)] = 64 * 1024 * 1024

    registry_url: str = "http://127.0.0.1:8101"
    population_url: str = "http://127.0.0.1:8101"
    outside_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0

    vnpay_url: str = "http://127.0.0.1:8102/paymentv2/vpcpay.html"
    vnpay_query_url: str = "http://127.0.0.1:8102/merchant_webapi/api/transaction"
    vnpay_tmn_code: str = "PHATNGUO"
    vnpay_hash_secret: SecretStr = SecretStr(DEMO_SECRET)

    payment_methods: tuple[PaymentMethod, ...] = ("vietqr", "vnpay", "momo", "portal")
    momo_url: str = "http://127.0.0.1:8104"
    momo_partner_code: str = "PHATNGUOI"
    momo_access_key: str = "demo-access-key"
    momo_secret: SecretStr = SecretStr(DEMO_SECRET)
    vietqr_bank_bin: Annotated[str, Field(pattern=r"^[0-9]{6}$")] = "970436"
    vietqr_bank_name: str = "Ngân hàng mẫu (bản trình diễn)"
    vietqr_account: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,19}$")] = "0000000000061"
    kiosk_idle_s: Annotated[int, Field(ge=30, le=600)] = 90
    kiosk_warning_s: Annotated[int, Field(ge=20, le=300)] = 30
    counter_terminal_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,30}$")] = DEMO_TERMINAL
    acquirer_columns: dict[AcquirerColumn, str] = {}  # noqa: RUF012 -- pydantic copies it
    """The names that the acquirer's file of card slips gives to columns, where they are not ours."""
    acquirer_delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    acquirer_time_format: str = ""
    settle_within_working_days: Annotated[int, Field(ge=0, le=30)] = 2
    """How long collected fines may lie with a gateway. Unconfirmed: no text was found that says it."""
    settlement_files: tuple[SettlementSource, ...] = ("vnpay", "momo", "card")
    """Ways to pay that tell by file of what a settlement consists; without it theirs is not posted."""
    portal_url: str = "http://127.0.0.1:8105/"
    portal_secret: SecretStr = SecretStr(DEMO_SECRET)

    eid_issuer: str = "http://127.0.0.1:8106"
    """The OpenID Connect issuer of the national e-ID; empty: owners have no e-ID door."""
    eid_client_id: str = "phatnguoi"
    eid_client_secret: SecretStr = SecretStr("")
    """Where the issuer gave one; without it the client proves itself by its key (private_key_jwt)."""
    eid_acr_values: str = "LoA2"
    eid_acr_level_2: tuple[str, ...] = ("LoA2",)
    """What the issuer's `acr` says where somebody signed in at level 2, as showing a case needs."""
    eid_claim_id_number: str = "SoDinhDanh"
    eid_claim_name: str = "HoVaTen"
    eid_claim_account_kind: str = "LoaiTaiKhoan"
    eid_organisation_kinds: tuple[str, ...] = ("2",)
    """What that claim says where an organisation signed in; read in public client code, to be confirmed."""
    oidc_key_file: Path | None = None
    """PEM, P-256 or RSA: signs our client assertions. Without one the key is made from SECRET_KEY."""

    paper_p12_file: Path | None = None
    paper_p12_password: SecretStr = SecretStr("")
    paper_tsa_url: str | None = None

    fleet_calls_a_minute: Annotated[int, Field(ge=1, le=10_000)] = 60
    """How often one key of a company may call in a minute; one call may ask about many vehicles."""

    fleet_webhook_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of companies that are reached although they are private, also by plain http."""

    authority_id: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,30}$")] = "PN-DEMO"
    transfer_peers: tuple[Peer, ...] = ()
    transfer_max_bytes: Annotated[int, Field(ge=1024 * 1024)] = 128 * 1024 * 1024

    authority_name: str = "Phòng Cảnh sát giao thông (bản trình diễn)"
    authority_name_en: str = "Traffic Police Division (demonstration)"
    authority_superior: str = "Công an tỉnh (bản trình diễn)"
    authority_place: str = "TP. Hồ Chí Minh"
    authority_address: str = "Số 1 đường Mẫu, phường Thử Nghiệm, TP. Hồ Chí Minh"
    authority_phone: str = "0900 000 000"
    report_future_limit_s: Annotated[float, Field(ge=0)] = 300.0
    report_age_limit_days: Annotated[int, Field(ge=1)] = 365
    camera_alive_s: Annotated[float, Field(gt=0)] = 15.0
    camera_watchers: Annotated[int, Field(ge=1, le=500)] = 24
    camera_watched_by_one: Annotated[int, Field(ge=1, le=50)] = 3
    """How many moving pictures of cameras one process shows at once, and to one person."""
    map_tiles_url: TileTemplate = ""
    """Address of a tile with {z}, {x} and {y} in it; empty: maps are drawn without any."""
    map_attribution: str = ""
    map_attribution_url: Link = ""
    """Whose tiles they are, as their licence wants it said, and where that leads."""
    alert_settle_s: Annotated[float, Field(ge=0)] = 45.0
    alert_repeat_s: Annotated[float, Field(ge=60)] = 1800.0
    alert_outbox_s: Annotated[float, Field(gt=0)] = 3600.0
    alert_disk_bytes: Annotated[int, Field(ge=0)] = 2_000_000_000
    box_answers_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long log lines and whole pictures that operators asked a box for are kept."""
    roll_out_taken_s: Annotated[float, Field(gt=0)] = 120.0
    roll_out_watch_s: Annotated[float, Field(ge=0)] = 60.0
    release_public_keys: tuple[str, ...] = ()
    """Who may sign releases of the boxes' software: the 32 public bytes of each key in base64."""
    release_max_bytes: Annotated[int, Field(ge=1024)] = 256 * 1024 * 1024
    release_share: Annotated[float, Field(gt=0, le=1)] = 0.25
    release_taken_s: Annotated[float, Field(gt=0)] = 3600.0
    release_watch_s: Annotated[float, Field(ge=0)] = 900.0
    release_silent_s: Annotated[float, Field(gt=0)] = 300.0
    """A box not heard of for so long fails its step; nobody is judged so soon after the backend's start."""
    ioc_token: SecretStr = SecretStr("")
    """What a program of the province's operations centre shows; empty: none may read."""
    claim_lease_s: Annotated[int, Field(ge=30)] = 600
    second_review_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    second_review_wait_h: Annotated[float, Field(ge=0, le=240)] = 24.0

    @field_validator("release_public_keys")
    @classmethod
    def _are_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            load_public_key(key)
        return keys

    @field_validator("public_url", "registry_url", "population_url", "eid_issuer")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def cookies_secure(self) -> bool:
        """Cookies travel over TLS only, except where the public address itself is plain HTTP."""
        return self.public_url.startswith("https://")


class UnsafeSettingsError(RuntimeError):
    """Production would start with demo values; the message names each setting to mend."""


def production_faults(settings: Settings) -> list[str]:
    """What forbids these settings in production, one sentence a setting; empty outside production."""
    if settings.environment != "production":
        return []
    unused = {
        name
        for method, names in _SETTINGS_OF_METHOD.items()
        if method not in settings.payment_methods
        for name in names
    }
    unused |= set() if settings.eid_issuer else {"eid_issuer"}
    faults = [
        f"{name.upper()}: still the demo's secret; set one of your own"
        for name in _SECRETS
        if name not in unused and getattr(settings, name).get_secret_value() in {"", DEMO_SECRET}
    ]
    faults += [
        f"{name.upper()}: points at this machine's sandbox ({getattr(settings, name)})"
        for name in _OUTSIDE_SYSTEMS
        if name not in unused and urlsplit(getattr(settings, name)).hostname in _LOCAL_HOSTS
    ]
    faults += message_faults(settings) + staff_faults(settings) + _eid_faults(settings)
    faults += _neighbour_faults(settings) + _paper_faults(settings)
    if settings.counter_terminal_id == DEMO_TERMINAL:
        faults.append(
            "COUNTER_TERMINAL_ID: still the demo's card terminal; name the one that credits the treasury's"
            " account, or set it empty where the counter takes no cards"
        )
    if not settings.public_url.startswith("https://"):
        faults.append(
            "PUBLIC_URL: must start with https:// so that cookies and personal data travel encrypted"
        )
    if settings.evidence_lock_days < 1:
        faults.append("EVIDENCE_LOCK_DAYS: must be at least 1; evidence needs object lock")
    return faults


def _neighbour_faults(settings: Settings) -> list[str]:
    """Of other authorities that cases go to, and of companies that are told of theirs."""
    faults = [
        f"TRANSFER_PEERS: {peer.id} must be reached by https://; cases carry personal data"
        for peer in settings.transfer_peers
        if not peer.url.startswith("https://")
    ]
    if settings.transfer_peers and settings.authority_id == "PN-DEMO":
        faults.append("AUTHORITY_ID: still the demo's; set the id that other authorities know you by")
    faults += [
        f"FLEET_WEBHOOK_NETWORKS: {network} holds this machine; companies could reach its own services"
        for network in settings.fleet_webhook_networks
        if any(network.version == own.version and network.overlaps(own) for own in _OWN_NETWORKS)
    ]
    return faults


def _paper_faults(settings: Settings) -> list[str]:
    faults = []
    if settings.paper_p12_file is None:
        faults.append("PAPER_P12_FILE: not set; papers would be signed by the test authority")
    if settings.paper_tsa_url is None:
        faults.append("PAPER_TSA_URL: not set; papers need a trusted time stamp (RFC 3161)")
    return faults


def _eid_faults(settings: Settings) -> list[str]:
    if not settings.eid_issuer:
        return []
    faults = []
    if not settings.eid_issuer.startswith("https://"):
        faults.append("EID_ISSUER: must start with https://, or be empty where there is no e-ID door")
    if settings.oidc_key_file is None and not settings.eid_client_secret.get_secret_value():
        faults.append("OIDC_KEY_FILE: not set; the e-ID needs a key that can be changed by itself")
    return faults


def require_safe(settings: Settings) -> None:
    """Raise UnsafeSettingsError where production would run on demo values."""
    faults = production_faults(settings)
    if faults:
        raise UnsafeSettingsError("refusing to start in production:\n  " + "\n  ".join(faults))
