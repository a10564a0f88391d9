"""`usher check`: looks at everything that Usher needs, and says of each whether it is good and what to do."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import yaml
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import settings as settings_
from bot.database import DatabaseTrouble, explained, mismatch
from bot.delivery.mail import MailSender
from bot.delivery.slack import slack_client
from bot.delivery.slack_errors import RATE_LIMITED
from bot.delivery.trouble import Trouble
from bot.playground.manifest import Manifest, read_manifest
from bot.settings import Settings, SettingsError
from bot.shipped import manifest_path
from bot.wording.clean import clean
from handlers import catalogue, house
from handlers.catalogue import CatalogueError

Clock = Callable[[], datetime]

_SCOPES_AT: Final = "on your app's page at Slack: OAuth & Permissions"
TOO_MANY: Final = 429
SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """`said` is what was found; where that is not good, also what to do."""

    what: str
    good: bool
    said: str


async def check(environ: Mapping[str, str], *, clock: Clock, manifest: Path | None = None) -> AsyncIterator[Finding]:
    """Changes nothing but this: without USHER_SECRET_KEYS the settings make the key file beside a SQLite database."""
    found, settings = _settings(environ)
    for finding in found:
        yield finding
    if settings:
        yield await _database(settings)
        yield _catalogue(settings)
    read, finding = _manifest(manifest or manifest_path())
    yield finding
    if settings:
        yield await _slack(settings, read)
        yield await _mail(settings, clock)


def _settings(environ: Mapping[str, str]) -> tuple[list[Finding], Settings | None]:
    """Without the Slack secrets all the rest can still be looked at."""
    try:
        return [_good("settings", "are complete.")], settings_.load(environ, slack_required=True)
    except SettingsError as error:
        found = [_bad("settings", line) for line in error.lines]
    try:
        return found, settings_.load(environ)
    except SettingsError:
        return [
            *found,
            _bad("settings", "have to be right before database, catalogue, Slack and mail can be tried."),
        ], None


async def _database(settings: Settings) -> Finding:
    file = settings.database.file
    try:
        with explained(settings.database):
            if file and not file.exists():
                return _good("database", f"{file} will be made when Usher starts.")
            found, needed = await house.database_version(settings.database.url.get_secret_value())
    except DatabaseTrouble as trouble:
        return _bad("database", str(trouble))
    if found != needed:
        return _bad("database", mismatch(found, needed))
    return _good("database", f"answers, with schema version {found}.")


def _catalogue(settings: Settings) -> Finding:
    try:
        read = catalogue.load(settings.catalogue)
    except CatalogueError as error:
        return _bad("catalogue", f"{error}. Set USHER_CATALOGUE to a right one; {_shipped()}.")
    roles = ", ".join(role.title for role in read.organization.values())
    return _good("catalogue", f"{read.title}: {roles}.")


def _shipped() -> str:
    return f"{', '.join(catalogue.shipped())} ship with Usher"


def _manifest(path: Path) -> tuple[Manifest | None, Finding]:
    try:
        read = read_manifest(path)
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        return None, _bad("manifest", f"manifest.yml can't be read ({type(error).__name__}). Install Usher anew.")
    if not (read.scopes and read.commands):
        return None, _bad("manifest", "manifest.yml names no scopes or no commands. Install Usher anew.")
    return read, _good("manifest", f"asks Slack for {', '.join(sorted(read.scopes))}.")


async def _slack(settings: Settings, manifest: Manifest | None) -> Finding:
    if settings.slack_bot_token is None:
        return _bad("Slack", "was not asked, for SLACK_BOT_TOKEN is not set.")
    token = settings.slack_bot_token.get_secret_value()
    try:
        async with slack_client(token=token, base_url=settings.slack_api_url) as client:
            answer: Any = await client.auth_test()  # pyright: ignore[reportUnknownMemberType] # the SDK is half typed
    except SlackApiError as error:
        return _bad("Slack", _refusal(error))
    except (SlackClientError, ClientError, TimeoutError, OSError, ValueError) as error:
        return _bad("Slack", f"can't be reached ({type(error).__name__}). Check the network, proxy and SLACK_API_URL.")
    return _scopes(answer, manifest)


def _refusal(error: SlackApiError) -> str:
    """Slack's codes: https://docs.slack.dev/reference/methods/auth.test#errors"""
    answer = cast("Any", error).response
    code = clean(str(answer.get("error") or ""), 100)
    if answer.status_code == TOO_MANY or code in RATE_LIMITED:
        return "asks us to slow down. Wait a minute and try again."
    if answer.status_code >= SERVER_ERROR or not code:
        return f"fails (status {answer.status_code}). Look at https://slack-status.com, and try again later."
    return f"does not take the token ({code}). Copy it anew, {_SCOPES_AT}, into SLACK_BOT_TOKEN."


def _scopes(answer: Any, manifest: Manifest | None) -> Finding:
    where = f"workspace {clean(str(answer.get('team')), 80)}, as {clean(str(answer.get('user')), 80)}"
    headers = {str(name).lower(): str(value) for name, value in dict(answer.headers).items()}
    held = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = sorted(manifest.scopes - held) if manifest else []
    if missing:
        return _bad(
            "Slack", f"gives no {', '.join(missing)}. Add {_these(missing)} {_SCOPES_AT}, and reinstall the app."
        )
    return _good("Slack", f"answers for {where}.")


def _these(missing: list[str]) -> str:
    return "this scope" if len(missing) == 1 else "these scopes"


async def _mail(settings: Settings, clock: Clock) -> Finding:
    if settings.smtp is None:
        return _good("mail", "is not set up (USHER_SMTP_URL), so invitation links are copied by hand.")
    sender = MailSender(settings.smtp, sender=settings.mail_from, clock=clock)
    try:
        await sender.greet()
    except Trouble as trouble:
        return _bad("mail", f"{trouble.error} Check USHER_SMTP_URL.")
    return _good("mail", f"{settings.smtp.host} takes our mail.")


def _good(what: str, said: str) -> Finding:
    return Finding(what, good=True, said=said)


def _bad(what: str, said: str) -> Finding:
    return Finding(what, good=False, said=said)
