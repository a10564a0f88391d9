from pathlib import Path

import pytest

from bot.__main__ import clock
from bot.check import Finding, check
from handlers.house import upgrade_database
from tests.cli.conftest import Command
from tests.cli.process import usher
from tests.running import environment, postgres_database, sqlite_url, workspace


async def findings(environ: dict[str, str], manifest: Path | None = None) -> dict[str, Finding]:
    return {found.what: found async for found in check(environ, clock=clock, manifest=manifest)}


def wrong(found: dict[str, Finding]) -> set[str]:
    return {what for what, finding in found.items() if not finding.good}


async def test_all_good_is_six_lines_and_status_zero(tmp_path: Path) -> None:
    await upgrade_database(sqlite_url(tmp_path))
    async with workspace(clock=clock) as (slack, mailbox):
        settings = environment(slack, database_url=sqlite_url(tmp_path), smtp_url=mailbox.smtp_url)
        ended = await usher(tmp_path, "check", **settings)

    assert ended.status == 0
    said = [line.split(":")[0] for line in ended.out.splitlines()]
    assert said == [f"✓ {what}" for what in ("settings", "database", "catalogue", "manifest", "Slack", "mail")]
    assert mailbox.messages == []


def test_whatever_is_wrong_is_a_line_with_what_to_do_and_status_one(command: Command) -> None:
    ended = command("check", USHER_CATALOGUE="nowhere.toml")

    assert ended.status == 1
    assert "✗ settings: SLACK_BOT_TOKEN is not set." in ended.out
    assert "✓ database: usher.db will be made" in ended.out
    assert "✗ catalogue: nowhere.toml" in ended.out
    assert "✓ manifest" in ended.out


async def test_a_scope_that_slack_does_not_give_is_named(tmp_path: Path) -> None:
    asked = tmp_path / "manifest.yml"
    asked.write_text(
        "features: {slash_commands: [{command: /usher}]}\noauth_config: {scopes: {bot: [commands, reactions:read]}}"
    )
    async with workspace(clock=clock) as (slack, _mailbox):
        found = await findings(environment(slack, database_url=sqlite_url(tmp_path)), asked)

    assert wrong(found) == {"Slack"}
    assert "reactions:read" in found["Slack"].said
    assert "commands" not in found["Slack"].said


async def test_a_token_that_slack_does_not_take_is_told_without_it(tmp_path: Path) -> None:
    async with workspace(clock=clock) as (slack, _mailbox):
        settings = environment(slack, database_url=sqlite_url(tmp_path)) | {"SLACK_BOT_TOKEN": "xoxb-hunter2"}
        found = await findings(settings)

    assert wrong(found) == {"Slack"}
    assert "invalid_auth" in found["Slack"].said
    assert "hunter2" not in found["Slack"].said


@pytest.mark.parametrize("status", [500, 429])
async def test_a_slack_that_fails_is_not_taken_for_a_wrong_token(tmp_path: Path, status: int) -> None:
    async with workspace(clock=clock) as (slack, _mailbox):
        slack.world.faults.plan("auth.test", status=status)
        found = await findings(environment(slack, database_url=sqlite_url(tmp_path)))

    assert wrong(found) == {"Slack"}
    assert "SLACK_BOT_TOKEN" not in found["Slack"].said


async def test_nobody_at_slacks_address_is_told(tmp_path: Path) -> None:
    async with workspace(clock=clock) as (slack, _mailbox):
        settings = environment(slack, database_url=sqlite_url(tmp_path))
    found = await findings(settings)

    assert wrong(found) == {"Slack"}
    assert "can't be reached" in found["Slack"].said


async def test_mail_that_is_down_and_mail_that_demands_what_the_server_lacks_are_told(tmp_path: Path) -> None:
    async with workspace(clock=clock) as (slack, mailbox):
        settings = environment(slack, database_url=sqlite_url(tmp_path), smtp_url=mailbox.smtp_url)
        no_tls = await findings(settings | {"USHER_SMTP_URL": f"smtp+starttls://127.0.0.1:{mailbox.port}"})
        no_login = await findings(settings | {"USHER_SMTP_URL": f"smtp://ada:hunter2@127.0.0.1:{mailbox.port}"})
        await mailbox.stop()
        down = await findings(settings)

    assert [wrong(found) for found in (no_tls, no_login, down)] == [{"mail"}] * 3
    assert "hunter2" not in no_login["mail"].said


async def test_an_empty_postgres_and_one_that_does_not_exist_are_told_apart(tmp_path: Path) -> None:
    async with workspace(clock=clock) as (slack, _mailbox):
        async with postgres_database(migrated=False) as url:
            empty = await findings(environment(slack, database_url=url))
        gone = await findings(environment(slack, database_url=url))

    assert "usher db upgrade" in empty["database"].said
    assert "does not exist" in gone["database"].said
    assert wrong(empty) == wrong(gone) == {"database"}


async def test_a_manifest_that_is_none_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "manifest.yml"
    broken.write_text("features: [")
    async with workspace(clock=clock) as (slack, _mailbox):
        found = await findings(environment(slack, database_url=sqlite_url(tmp_path)), broken)

    assert wrong(found) == {"manifest"}
