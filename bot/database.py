"""A database that cannot be used, told to whoever set it up. The bot itself never touches one."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from bot.setting_values import Database
from bot.wording.clean import clean
from handlers.house import ExtensionMissing, SchemaMismatch

DRIVERS: Final = frozenset({"storage", "sqlalchemy", "asyncpg", "aiosqlite", "sqlite3"})
LONGEST: Final = 200


class DatabaseTrouble(Exception):  # noqa: N818 - it is told to whoever started Usher, with what to do
    """Says in one line what is wrong and what to do."""


@contextmanager
def explained(database: Database) -> Generator[None]:
    """Turns what drivers raise into DatabaseTrouble; anything else is a fault of ours and passes."""
    if database.file and not database.file.parent.is_dir():
        raise DatabaseTrouble(f"There is no folder {database.file.parent} for the database. Make it, then try again.")
    try:
        yield
    except SchemaMismatch as error:
        raise DatabaseTrouble(mismatch(error.found, error.needed)) from None
    except ExtensionMissing:
        raise DatabaseTrouble(
            "Searching needs PostgreSQL's own extension pg_trgm, and Usher may not make it. Let somebody who may run"
            " CREATE EXTENSION pg_trgm in this database, then run: usher db upgrade"
        ) from None
    except Exception as error:
        if not _is_of_a_driver(error):
            raise
        raise DatabaseTrouble(
            f"The database can't be used ({_reason(error, database)}). Check USHER_DATABASE_URL, and that it is there."
        ) from None


def mismatch(found: str | None, needed: str) -> str:
    return f"The database has schema version {found or 'none'}, and this Usher needs {needed}. Run: usher db upgrade"


def _is_of_a_driver(error: Exception) -> bool:
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in DRIVERS


def _reason(error: BaseException, database: Database) -> str:
    """The driver's own words, without the password should they ever hold it."""
    own: Any = error
    while cause := getattr(own, "orig", None) or own.__cause__:
        own = cause
    words = clean(str(own).partition("\n")[0], LONGEST)
    password = urlsplit(database.url.get_secret_value()).password or ""
    shown = words and not (password and (password in words or unquote(password) in words))
    return f"{type(own).__name__}: {words}" if shown else type(own).__name__
