import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.setting_values import Smtp
from bot.settings import NAMES, Settings, SettingsError, load

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OLDER = base64.urlsafe_b64encode(bytes(range(32, 64))).decode()
PG = "postgresql+asyncpg://usher:hunter2@db.example.com/usher"
MARK = "hunter2"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(environ: dict[str, str], *, slack_required: bool = False) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(environ, slack_required=slack_required)
    return caught.value.lines


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_nothing_set_is_a_good_start_on_this_machine() -> None:
    settings = load({})
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 3000, "http://127.0.0.1:3000")
    assert settings.database.url.get_secret_value() == "sqlite+aiosqlite:///usher.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.smtp, settings.catalogue, settings.approvals_channel) == (None, "default", None)


def test_every_setting_of_the_handbook_is_read() -> None:
    settings = load(
        {
            "SLACK_BOT_TOKEN": "xoxb-1-a",
            "SLACK_SIGNING_SECRET": "newer-secret, older-secret",
            "SLACK_APP_TOKEN": "xapp-1-a",
            "SLACK_API_URL": "http://127.0.0.1:9/api",
            "USHER_PUBLIC_URL": "https://usher.example.com/",
            "USHER_HOST": "0.0.0.0",  # noqa: S104 - read, not listened on
            "USHER_PORT": "8080",
            "USHER_DATABASE_URL": PG,
            "USHER_SECRET_KEYS": f"{KEY}, {OLDER.rstrip('=')}",
            "USHER_SMTP_URL": "smtps://mail.example.com",
            "USHER_MAIL_FROM": "Front door <door@example.com>",
            "USHER_CATALOGUE": "mondoo",
            "USHER_APPROVALS_CHANNEL": "C0123",
        }
    )
    assert [secret.get_secret_value() for secret in settings.slack_signing_secrets] == ["newer-secret", "older-secret"]
    assert [key.get_secret_value() for key in settings.secret_keys] == [bytes(range(32)), bytes(range(32, 64))]
    assert (settings.slack_api_url, settings.public_url) == ("http://127.0.0.1:9/api/", "https://usher.example.com")
    assert (settings.host, settings.port, settings.approvals_channel) == ("0.0.0.0", 8080, "C0123")  # noqa: S104
    assert (settings.catalogue, settings.mail_from) == ("mondoo", "Front door <door@example.com>")
    assert settings.database.file is None


def test_only_the_given_environment_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("USHER_PORT=4000\n")
    monkeypatch.setenv("USHER_PORT", "5000")
    assert load({}).port == 3000
    assert Settings().port == 3000


def test_an_empty_setting_counts_as_unset() -> None:
    assert load(dict.fromkeys(NAMES, " ")).port == 3000


def test_mail_comes_from_the_public_host_unless_said_otherwise() -> None:
    assert load({"USHER_PUBLIC_URL": "https://door.example.com"}).mail_from == "Usher <usher@door.example.com>"
    assert load({}).mail_from == "Usher <usher@localhost>"


WRONG = [
    ("SLACK_BOT_TOKEN", "xoxp-hunter2"),
    ("SLACK_BOT_TOKEN", "xoxb-hunter2\nX: y"),
    ("SLACK_SIGNING_SECRET", "hunter2,"),
    ("SLACK_SIGNING_SECRET", "hunter2-a,hunter2-b,hunter2-c"),
    ("SLACK_APP_TOKEN", "xoxb-hunter2"),
    ("SLACK_API_URL", "http://slack.example.com/hunter2"),
    ("SLACK_API_URL", "ftp://slack.example.com/hunter2"),
    ("USHER_PUBLIC_URL", "http://hunter2.example.com"),
    ("USHER_PUBLIC_URL", "hunter2.example.com"),
    ("USHER_PUBLIC_URL", "https://example.com/hunter2"),
    ("USHER_PUBLIC_URL", "https://example.com?hunter2"),
    ("USHER_PUBLIC_URL", "https://me:hunter2@example.com"),
    ("USHER_PUBLIC_URL", "https://example.com:hunter2"),
    ("USHER_PUBLIC_URL", "https://exam\tple.com"),
    ("USHER_HOST", "hunter2 or so"),
    ("USHER_HOST", "-hunter2"),
    ("USHER_PORT", "hunter2"),
    ("USHER_PORT", "65536"),
    ("USHER_PORT", "-1"),
    ("USHER_PORT", "3000.5"),
    ("USHER_PORT", "tcp://10.0.0.1:3000"),
    ("USHER_DATABASE_URL", "hunter2"),
    ("USHER_DATABASE_URL", "postgres://usher:hunter2@db/usher"),
    ("USHER_DATABASE_URL", "postgresql+asyncpg://usher:hunter2@db"),
    ("USHER_DATABASE_URL", "sqlite:///hunter2.db"),
    ("USHER_DATABASE_URL", "sqlite+aiosqlite://"),
    ("USHER_DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
    ("USHER_DATABASE_URL", "sqlite+aiosqlite:///hunter2.db?mode=ro"),
    ("USHER_SECRET_KEYS", "hunter2"),
    ("USHER_SECRET_KEYS", f"{KEY},"),
    ("USHER_SECRET_KEYS", f"{KEY},{KEY}"),
    ("USHER_SECRET_KEYS", base64.b64encode(b"\xff" * 32).decode()),
    ("USHER_SECRET_KEYS", KEY[:-8]),
    ("USHER_SMTP_URL", "mail.example.com"),
    ("USHER_SMTP_URL", "http://me:hunter2@mail.example.com"),
    ("USHER_SMTP_URL", "smtp://me@mail.example.com"),
    ("USHER_SMTP_URL", "smtp://me:hunter2@"),
    ("USHER_SMTP_URL", "smtp://me:hunter2@mail.example.com:mail"),
    ("USHER_SMTP_URL", "smtp://me:hun/ter2@mail.example.com"),
    ("USHER_SMTP_URL", "smtp://me:hunter2%0d%0a@mail.example.com"),
    ("USHER_SMTP_URL", "smtp://me:hunter2%ff@mail.example.com"),
    ("USHER_MAIL_FROM", "hunter2"),
    ("USHER_MAIL_FROM", "Usher <hunter2>"),
    ("USHER_MAIL_FROM", "Usher\r\nBcc: x@example.com <hunter2@example.com>"),
    ("USHER_MAIL_FROM", "a <a@example.com>, b <hunter2@example.com>"),
    ("USHER_APPROVALS_CHANNEL", "#hunter2"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_named_with_its_cure_and_never_shown(name: str, value: str) -> None:
    said = lines({name: value})
    assert len(said) == 1
    assert said[0].startswith(f"{name} ")
    assert said[0].count(". ") + said[0].count(": ") >= 1
    assert MARK not in said[0]


def test_all_wrong_settings_are_told_at_once() -> None:
    said = lines({"USHER_PORT": "x", "USHER_HOST": "y y", "USHER_SMTP_URL": "z"})
    assert [line.split()[0] for line in said] == ["USHER_HOST", "USHER_PORT", "USHER_SMTP_URL"]


def test_usher_run_asks_for_both_slack_secrets() -> None:
    assert [line.split()[0] for line in lines({}, slack_required=True)] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]


def test_postgresql_asks_for_the_keys_that_all_replicas_share() -> None:
    assert lines({"USHER_DATABASE_URL": PG})[0].startswith("USHER_SECRET_KEYS is not set.")


def test_no_secret_is_in_what_settings_print() -> None:
    settings = load(
        {
            "SLACK_BOT_TOKEN": "xoxb-hunter2",
            "SLACK_SIGNING_SECRET": "hunter2hunter2",
            "USHER_DATABASE_URL": PG,
            "USHER_SECRET_KEYS": KEY,
            "USHER_SMTP_URL": "smtp://me:hunter2@mail.example.com",
        }
    )
    assert MARK not in repr(settings) + str(settings) + settings.model_dump_json()
    assert str(bytes(range(32)))[2:-1] not in repr(settings)


def test_a_secret_is_not_in_the_traceback_of_its_refusal() -> None:
    program = f"from bot.settings import load; load({{'USHER_SMTP_URL': 'smtp://{MARK}@mail.example.com'}})"
    root = Path(__file__).parent.parent
    ended = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert "SettingsError: USHER_SMTP_URL has a user without a password" in ended.stderr
    assert MARK not in ended.stderr.replace(program, "")


MAIL = [
    ("smtp://mail.example.com", Smtp("mail.example.com", 25, "plain")),
    ("smtps://mail.example.com", Smtp("mail.example.com", 465, "tls")),
    ("smtp+starttls://mail.example.com/", Smtp("mail.example.com", 587, "starttls")),
    ("smtp://[::1]:2525", Smtp("::1", 2525, "plain")),
    (
        "smtp+starttls://ada%40example.com:p%2F%23%C3%A9%25@mail.example.com:26",
        Smtp("mail.example.com", 26, "starttls", "ada@example.com", SecretStr("p/#é%")),
    ),
]


@pytest.mark.parametrize(("url", "smtp"), MAIL)
def test_a_mail_servers_address_is_read(url: str, smtp: Smtp) -> None:
    assert load({"USHER_SMTP_URL": url}).smtp == smtp


def test_the_key_file_is_made_once_for_its_owner_alone(folder: Path) -> None:
    first = load({}).secret_keys
    assert load({}).secret_keys == first
    assert len(first[0].get_secret_value()) == 32
    assert (folder / "usher.keys").stat().st_mode & 0o777 == 0o600
    assert files_in(folder) == ["usher.keys"]


def test_the_key_file_lies_beside_its_database(folder: Path) -> None:
    (folder / "deep").mkdir()
    load({"USHER_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/deep/other.db"})
    assert files_in(folder / "deep") == ["other.keys"]


def test_given_keys_leave_no_file(folder: Path) -> None:
    load({"USHER_SECRET_KEYS": KEY})
    assert files_in(folder) == []


def test_a_rotated_key_file_keeps_the_newest_first(folder: Path) -> None:
    load({})
    (folder / "usher.keys").write_text(f"{KEY},{OLDER}\n")
    assert [key.get_secret_value()[0] for key in load({}).secret_keys] == [0, 32]


def test_processes_that_start_at_once_share_one_key(folder: Path) -> None:
    program = "from bot.settings import load; print(load({}).secret_keys[0].get_secret_value().hex())"
    environ = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    running = [
        subprocess.Popen([sys.executable, "-c", program], cwd=folder, env=environ, stdout=subprocess.PIPE)
        for _ in range(6)
    ]
    assert len({one.communicate()[0] for one in running}) == 1
    assert files_in(folder) == ["usher.keys"]


def let_others_read(file: Path) -> None:
    file.chmod(0o644)


def make_a_link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


def cut_short(file: Path) -> None:
    file.write_text(KEY[:20])


def garble(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")


def lose(file: Path) -> None:
    file.with_name("usher.db").write_bytes(b"SQLite format 3")
    file.unlink()


def replace_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("spoil", [let_others_read, make_a_link, cut_short, garble, lose, replace_by_a_folder])
def test_a_spoilt_key_file_stops_the_start(folder: Path, spoil: Callable[[Path], None]) -> None:
    load({})
    spoil(folder / "usher.keys")
    said = lines({})
    assert len(said) == 1
    assert said[0].startswith("usher.keys ")
    assert KEY[:20] not in said[0]


def test_a_missing_folder_is_told() -> None:
    said = lines({"USHER_DATABASE_URL": "sqlite+aiosqlite:///no/such/usher.db"})
    assert said[0].startswith("no/such/usher.keys can't be used (No such file or directory).")
