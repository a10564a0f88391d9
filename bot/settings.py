"""Usher's settings: read once from the environment, frozen, and refused line by line where they are wrong."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretBytes, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import key_file
from bot import setting_values as values
from bot.setting_values import Database, Smtp

SLACK_API = "https://slack.com/api/"


class SettingsError(Exception):
    """One line for each wrong setting: which, what is wrong, what to do. No line holds a value."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, validate_default=False)

    slack_bot_token: Annotated[SecretStr | None, BeforeValidator(values.bot_token)] = Field(
        default=None, validation_alias="SLACK_BOT_TOKEN"
    )
    slack_signing_secrets: Annotated[tuple[SecretStr, ...], BeforeValidator(values.signing_secrets)] = Field(
        default=(), validation_alias="SLACK_SIGNING_SECRET"
    )
    slack_app_token: Annotated[SecretStr | None, BeforeValidator(values.app_token)] = Field(
        default=None, validation_alias="SLACK_APP_TOKEN"
    )
    slack_api_url: Annotated[str, BeforeValidator(values.api_address)] = Field(
        default=SLACK_API, validation_alias="SLACK_API_URL"
    )
    host: Annotated[str, BeforeValidator(values.listening_host)] = Field(
        default="127.0.0.1", validation_alias="USHER_HOST"
    )
    port: Annotated[int, BeforeValidator(values.port)] = Field(default=3000, validation_alias="USHER_PORT")
    public_url: Annotated[str, BeforeValidator(values.origin)] = Field(
        default_factory=lambda read: f"http://127.0.0.1:{read['port']}", validation_alias="USHER_PUBLIC_URL"
    )
    database: Annotated[Database, BeforeValidator(values.database)] = Field(
        default=values.database(f"{values.SQLITE}:///usher.db"), validation_alias="USHER_DATABASE_URL"
    )
    secret_keys: Annotated[tuple[SecretBytes, ...], BeforeValidator(values.secret_keys)] = Field(
        default=(), validation_alias="USHER_SECRET_KEYS"
    )
    smtp: Annotated[Smtp | None, BeforeValidator(values.smtp)] = Field(default=None, validation_alias="USHER_SMTP_URL")
    mail_from: Annotated[str, BeforeValidator(values.sender)] = Field(
        default_factory=lambda read: f"Usher <usher@{_mail_domain(read)}>", validation_alias="USHER_MAIL_FROM"
    )
    catalogue: str = Field(default="default", validation_alias="USHER_CATALOGUE")
    """The name of a shipped catalogue, or a path; whoever reads it checks it."""
    approvals_channel: Annotated[str | None, BeforeValidator(values.channel)] = Field(
        default=None, validation_alias="USHER_APPROVALS_CHANNEL"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` was given: no .env file and no folder of secrets slips a setting in."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load(environ: Mapping[str, str], *, slack_required: bool = False) -> Settings:
    """The settings in `environ`, where an empty one counts as unset; raises SettingsError.

    With SQLite and without USHER_SECRET_KEYS it makes the key file beside the database, once.
    """
    try:
        settings = Settings(**_given(environ))
    except ValidationError as error:
        # Pydantic's error holds what was typed, secrets included.
        raise SettingsError(_lines(error)) from None
    missing = _missing(settings, slack_required=slack_required)
    if missing:
        raise SettingsError(missing)
    return settings.model_copy(update={"secret_keys": settings.secret_keys or _keys_beside(settings.database)})


def _given(environ: Mapping[str, str]) -> dict[str, Any]:
    stripped = {name: environ.get(name, "").strip() for name in NAMES}
    return {name: value for name, value in stripped.items() if value}


def _missing(settings: Settings, *, slack_required: bool) -> tuple[str, ...]:
    needed = {
        "SLACK_BOT_TOKEN": (slack_required, settings.slack_bot_token, _AT_SLACK.format("OAuth & Permissions")),
        "SLACK_SIGNING_SECRET": (slack_required, settings.slack_signing_secrets, _AT_SLACK.format("Basic Information")),
        "USHER_SECRET_KEYS": (settings.database.file is None, settings.secret_keys, _KEYS_FOR_POSTGRES),
    }
    return tuple(f"{name} is not set. {hint}" for name, (asked, value, hint) in needed.items() if asked and not value)


_AT_SLACK = "Copy it from your app's page at Slack: {}. To try Usher without Slack, run: usher demo"
_KEYS_FOR_POSTGRES = f"PostgreSQL needs it, for all processes the same. {values.MAKE_A_KEY}"


def _keys_beside(database: Database) -> tuple[SecretBytes, ...]:
    if database.file is None:
        return ()
    try:
        return key_file.read_or_make(database.file)
    except key_file.KeyFileError as error:
        raise SettingsError((str(error),)) from None


def _lines(error: ValidationError) -> tuple[str, ...]:
    # Values that follow from a wrong one are not read; only the wrong one is told.
    wrong = [one for one in error.errors() if one["type"] != "default_factory_not_called"]
    return tuple(f"{one['loc'][0]} {one.get('ctx', {}).get('error', one['msg'])}" for one in wrong)


def _mail_domain(read: Mapping[str, Any]) -> str:
    host = urlsplit(str(read["public_url"])).hostname or "localhost"
    return "localhost" if values.is_loopback(host) else host


NAMES = tuple(str(field.validation_alias) for field in Settings.model_fields.values())
