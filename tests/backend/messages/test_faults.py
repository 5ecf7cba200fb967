"""What goes wrong between us and a provider: each ends with every message told or with a person who knows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from backend.dossiers.models import Message
from backend.messages.models import ChannelToken
from backend.settings import Settings
from notify.channels import HttpResponse, NotSentError


def other(services, **changes):
    """The services with some settings changed."""
    from dataclasses import replace

    values = {name: getattr(services.settings, name) for name in Settings.model_fields}
    return replace(services, settings=Settings(**{**values, **changes}))


def down(_request):
    raise NotSentError("refused")


def up(_request):
    return HttpResponse(201, b'{"delivery_id":"d"}')


def test_a_provider_that_is_down_for_two_days_gets_the_legal_message_afterwards(case, mailroom):
    case.outside.faults(vneid_down=True)
    case.confirmed(kind="motorbike")
    case.jobs()
    row = mailroom.one("vneid")
    after = timedelta()
    while after < timedelta(days=2):
        state = mailroom.send(row.id, after=after, send=down)
        assert state == "trying"
        after = max(mailroom.one("vneid").next_try_at - datetime.now(UTC), after + timedelta(minutes=50))
    assert mailroom.states() == {"vneid": "trying"}
    assert mailroom.send(row.id, after=after + timedelta(hours=2), send=up) == "sent"
    assert case.dossier().state == "notified"


def test_a_courtesy_message_waits_hours_not_days_and_takes_another_way(case, mailroom):
    case.outside.faults(zalo_down=True)
    case.notified(kind="motorbike")
    zalo = mailroom.one("zalo")
    assert zalo.state == "trying"
    for hour in (0.1, 1, 2, 4):
        mailroom.send(zalo.id, after=timedelta(hours=hour), send=down)
    assert mailroom.send(zalo.id, after=timedelta(hours=8), send=down) == "failed"
    case.jobs()
    assert mailroom.states()["sms"] == "sent"


def test_a_clock_that_jumps_ahead_ends_nothing(case, mailroom):
    """Five days in one step: the first tries after it still count as too few to give up."""
    case.outside.faults(vneid_down=True)
    case.confirmed(kind="motorbike")
    case.jobs()
    row = mailroom.one("vneid")
    for more in range(3):
        assert mailroom.send(row.id, after=timedelta(days=5, hours=more * 2), send=down) == "trying"
    assert mailroom.send(row.id, after=timedelta(days=5, hours=8), send=down) == "failed"
    assert mailroom.states()["letter"] == "to_post"


def test_a_clock_that_was_ahead_and_is_set_back_delays_by_minutes_only(case, mailroom):
    """The next try lies five days ahead after the clock was mended: the sweep takes it up."""
    from backend.database import utc_now
    from backend.messages.sweep import sweep_messages

    case.outside.faults(vneid_down=True)
    case.confirmed(kind="motorbike")
    case.jobs()
    row = mailroom.one("vneid")
    ahead = utc_now() + timedelta(days=5)
    with case.services.database.unit_of_work() as session:
        session.execute(update(Message).where(Message.id == row.id).values(next_try_at=ahead))
    case.outside.mend()
    sweep_messages(case.services, utc_now())
    case.jobs()
    assert mailroom.states()["vneid"] == "sent"


def test_tokens_that_expire_in_the_middle_of_a_batch_are_renewed_once(case, mailroom):
    """Both tokens change with the first refused message; the others of the batch use the new ones."""
    at = case.outside.at["zalo"]["url"]
    pair = case.outside.http.post(f"{at}/control/zalo/authorise").json()
    services = other(case.services, zalo_token=pair["access_token"], zalo_refresh_token=pair["refresh_token"])
    case.outside.faults(zalo_down=True)
    case.notified(kind="motorbike")
    row = mailroom.one("zalo")
    case.outside.mend()
    ended = case.outside.http.post(f"{at}/control/zalo/expire", params={"access_token": pair["access_token"]})
    assert ended.status_code == 204

    def again(n: int) -> str:
        from backend.dossiers.delivery import send_message

        now = datetime.now(UTC) + timedelta(hours=n)
        with services.database.unit_of_work() as session:
            values = {"state": "waiting", "next_try_at": None, "sending_at": None}
            session.execute(update(Message).where(Message.id == row.id).values(**values))
        return send_message(services, row.id, now)

    assert [again(n) for n in range(3)] == ["sent"] * 3
    (token,) = case.rows(ChannelToken)
    assert token.refreshed_at is not None
    assert token.lost_at is None


def test_a_refresh_token_that_was_used_up_elsewhere_is_an_operators_matter(case, mailroom):
    at = case.outside.at["zalo"]["url"]
    pair = case.outside.http.post(f"{at}/control/zalo/authorise").json()
    form = {
        "app_id": case.services.settings.zalo_app_id,
        "grant_type": "refresh_token",
        "refresh_token": pair["refresh_token"],
    }
    secret = {"secret_key": case.services.settings.zalo_app_secret.get_secret_value()}
    case.outside.http.post(f"{at}/v4/oa/access_token", data=form, headers=secret)
    from dataclasses import replace

    services = other(case.services, zalo_token="", zalo_refresh_token=pair["refresh_token"])
    case.services = replace(case.services, settings=services.settings)
    case.notified(kind="motorbike")
    assert mailroom.states()["zalo"] == "failed"
    assert mailroom.states()["sms"] == "sent"
    (token,) = case.rows(ChannelToken)
    assert token.lost_at is not None
    assert "Cần cấp quyền lại" in case.officer.get("/canh-sat/tin-nhan").text
    (health,) = [one for one in _channels(case) if one["channel"] == "zalo"]
    assert health["token_lost_at"] is not None


def _channels(case):
    return case.officer.get("/v1/messages/channels").json()["items"]


def send_and_die(settings: Settings, message_id: uuid.UUID) -> str:
    """A process of its own sends it and dies as soon as it was taken; returns the id it was sent with."""
    code = f"""
        import os, signal, uuid
        from backend.database import utc_now
        from backend.dossiers.delivery import send_message
        from backend.services import make_services
        from backend.settings import Settings

        def taken_and_killed(request):
            print(request.body.get("tracking_id") or request.body.get("message_id"), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

        send_message(make_services(Settings()), uuid.UUID("{message_id}"), utc_now(), send=taken_and_killed)
    """
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "S3_ENDPOINT": settings.s3_endpoint,
        "S3_ACCESS_KEY": settings.s3_access_key,
        "S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "QUIET_HOURS": "00:00-00:00",
        "ZALO_TOKEN": "any",
    }
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=environment, capture_output=True, check=False
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    return died.stdout.decode().strip()


@pytest.mark.parametrize(("channel", "twice"), [("vneid", False), ("zalo", True)])
def test_killed_between_sending_and_writing_down(case, mailroom, channel, twice):
    """kill -9 while the provider answers: sent again with the same id, and said so where it may be twice."""
    case.notified(kind="motorbike")
    row = mailroom.one(channel)
    with case.services.database.unit_of_work() as session:
        values = {"state": "waiting", "sent_at": None, "attempts": 0, "next_try_at": None}
        session.execute(update(Message).where(Message.id == row.id).values(**values))
    first = send_and_die(case.services.settings, row.id)
    assert mailroom.one(channel).sending_at is not None
    seen = []

    def again(request):
        seen.append(request.body.get("tracking_id") or request.body.get("message_id"))
        return HttpResponse(200, b'{"error":0,"data":{"msg_id":"m"},"delivery_id":"d"}')

    assert mailroom.send(row.id, send=again) == "sent"
    assert seen == [first]
    done = mailroom.one(channel)
    assert done.perhaps_twice is twice
    assert ("perhaps_twice" in mailroom.history(row.id)) is twice
    assert done.sending_at is None


def test_nobody_is_disturbed_at_night_but_the_law_does_not_sleep(case, mailroom):
    services = other(case.services, quiet_hours="00:00-23:59")
    case.services = services
    case.notified(kind="motorbike")
    assert mailroom.states() == {"vneid": "sent", "zalo": "waiting"}
    row = mailroom.one("zalo")
    assert row.attempts == 0
    assert row.next_try_at > datetime.now(UTC)
    waits = (
        select(text("count(*)"))
        .select_from(text("procrastinate_jobs"))
        .where(text("task_name = 'dossiers.send' AND status = 'todo' AND scheduled_at > now()"))
    )
    with services.database.unit_of_work() as session:
        assert session.scalar(waits) == 1
