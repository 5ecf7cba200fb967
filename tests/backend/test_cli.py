"""`phatnguoi` on the command line, against a real database and store."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from backend.accounts.models import Account
from backend.cli import app

runner = CliRunner()


@pytest.fixture
def environment(settings, monkeypatch):
    """The settings under test, as the environment that the commands read."""
    for name, value in settings.model_dump().items():
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if plain is not None:
            text = json.dumps(plain) if isinstance(plain, list | tuple) else str(plain)
            monkeypatch.setenv(name.upper(), text)
    return monkeypatch


def run(*arguments, typed=None):
    return runner.invoke(app, [str(word) for word in arguments], input=typed)


def create(*more, typed="mot-mat-khau-dai\n"):
    return run(
        "staff", "create", "canhsat2", "--name", "NGUYỄN VĂN MẪU", "--role", "officer", *more, typed=typed
    )


def test_help_lists_the_commands():
    answer = run("--help")

    for command in ("demo", "serve", "worker", "migrate", "law", "staff", "config"):
        assert command in answer.stdout


def test_law_is_the_laws_own_command():
    answer = run("law", "--help")

    assert answer.exit_code == 0
    assert "phatnguoi law" in answer.stdout


def test_migrate_makes_buckets_with_object_lock_and_may_be_repeated(environment, services):
    environment.setenv("S3_BUCKET", "evidence-of-the-cli")

    assert run("migrate").exit_code == 0
    assert run("migrate").exit_code == 0
    assert services.store.lock_days("evidence-of-the-cli") == 1


def test_staff_create_adds_an_account_that_can_sign_in(environment, services, client):
    answer = create("--role", "team_chief", "--position", "team_chief")

    assert answer.exit_code == 0, answer.output
    with services.database.unit_of_work() as session:
        account = session.scalars(select(Account).where(Account.username == "canhsat2")).one()
        assert account.roles == ["officer", "team_chief"]
        assert account.signing_limit_vnd == 22_500_000
    body = {"username": "canhsat2", "password": "mot-mat-khau-dai"}
    assert client.post("/v1/sessions", json=body).status_code == 201


def test_an_empty_password_is_made_up_and_said_once(environment, client):
    password = create(typed="\n").stdout.strip().splitlines()[-1]

    body = {"username": "canhsat2", "password": password}
    assert client.post("/v1/sessions", json=body).status_code == 201


@pytest.mark.parametrize(
    ("more", "typed", "words"),
    [
        (("--role", "king"), "mot-mat-khau-dai\n", "king"),
        ((), "short\n", "at least 10 characters"),
    ],
)
def test_staff_create_says_what_is_wrong(environment, more, typed, words):
    answer = create(*more, typed=typed)

    assert answer.exit_code != 0
    assert words in answer.output


def test_a_name_is_taken_once(environment):
    assert create().exit_code == 0
    again = create()

    assert again.exit_code == 1
    assert "such an account already" in again.output


def test_config_check_passes_where_everything_answers(environment, app):
    answer = run("config", "check")

    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"},
            "DATABASE_URL: the database does not answer",
        ),
        ({"S3_ENDPOINT": "127.0.0.1:9"}, "S3_ENDPOINT: the object store does not answer"),
        ({"S3_BUCKET": "not-made-yet"}, "S3_BUCKET: there is no bucket not-made-yet"),
        ({"ENVIRONMENT": "production"}, "REGISTRY_URL: points at this machine's sandbox"),
        ({"WORKER_CONCURRENCY": "many"}, "WORKER_CONCURRENCY: "),
    ],
)
def test_config_check_names_each_setting_to_mend(environment, changes, words):
    for name, value in changes.items():
        environment.setenv(name, value)
    answer = run("config", "check")

    assert answer.exit_code == 1
    assert words in answer.output.replace("\n", " ")


def test_production_starts_nothing_of_its_own(environment, tmp_path):
    environment.setenv("ENVIRONMENT", "production")
    for name in ("DATABASE_URL", "S3_ENDPOINT"):
        environment.delenv(name)
    answer = run("migrate", "--data", tmp_path)

    assert answer.exit_code == 1
    assert "DATABASE_URL" in answer.output
    assert list(tmp_path.iterdir()) == []


def test_without_a_database_a_demo_gets_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("ENVIRONMENT", "demo")
    for name in ("DATABASE_URL", "S3_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    answer = run("migrate", "--data", tmp_path)

    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "postgres" / "cluster").exists()
    assert (tmp_path / "store" / "files").exists()
