"""The members as a file, to whoever asked for it. It is written to the disk and sent from there, never held whole."""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import UTC
from typing import IO, Final

from bot.delivery.drafts import Drafts
from bot.delivery.slack import SlackSender
from bot.delivery.slack_errors import NO_FILES
from bot.delivery.trouble import Never
from bot.slack.views.blocks import rich
from bot.spreadsheets import names_cell, rows_in
from bot.wording import members
from bot.wording.common import NO_ROLE, role_title
from bot.wording.exports import AGAIN, FILE, above, kept, not_taken
from bot.wording.phrase import Phrase, say
from handlers.catalogue import Catalogue
from handlers.commands import Account
from handlers.house import Usher
from handlers.member_models import MemberRow, MembersSheet, SheetKept
from handlers.models import Recipient
from handlers.notices import MembersFile

MOST_SPACES: Final = 20
Cell = Callable[[MemberRow, Catalogue], str]


def _role(row: MemberRow, catalogue: Catalogue) -> str:
    if row.there:
        return members.role(catalogue, row, most=MOST_SPACES).plain()
    title = role_title(catalogue, row.role, "there" if row.in_space else None)
    return "" if row.role is None or title == NO_ROLE else title


def _active(row: MemberRow, _: Catalogue) -> str:
    return f"{row.active.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z" if row.active else ""


CELLS: Final[Mapping[str, Cell]] = {
    "email": lambda row, _: row.email,
    "name": lambda row, _: row.name,
    "role": _role,
    "status": lambda row, _: row.status,
    "groups": lambda row, _: names_cell(row.groups),
    "2fa": lambda row, _: "on" if row.factor else "off",
    "last_active": _active,
    "timezone": lambda row, _: row.timezone,
}


class Exports:
    """A file with everybody's addresses goes nowhere but to its asker's direct messages."""

    def __init__(self, usher: Usher, *, slack: SlackSender) -> None:
        self._queries = usher.queries
        self._slack = slack
        self._drafts = Drafts()

    async def close(self) -> None:
        await self._drafts.close()

    async def send(self, notice: MembersFile, key: str) -> None:
        """Who may have it, and of whom, is asked at every try: a file that was begun for more is not sent."""
        found = await self._queries.members_sheet(notice)
        match found:
            case MembersSheet(to=Recipient(account=Account() as account)):
                await self._send(found, account.user, key)
            case SheetKept(to=Recipient(account=Account() as account)):
                self._drafts.forget(key)
                await self._say(account.user, kept(found))
            case _:
                self._drafts.forget(key)

    async def _send(self, sheet: MembersSheet, user: str, key: str) -> None:
        about = (sheet.columns, sheet.asking.lists, sheet.sought.narrow)
        draft = await self._drafts.written(key, about, lambda file: self._write(sheet, file))
        try:
            channel, said = await self._slack.direct(user), above(sheet, draft.rows)
            await self._slack.upload(channel, FILE, draft.file, text=said.slack())
        except Never as never:
            if never.code not in NO_FILES:
                raise
            await self._say(user, say("Refused. ") + not_taken(FILE, NO_FILES[never.code], AGAIN))
        finally:
            self._drafts.forget(key)

    async def _write(self, sheet: MembersSheet, file: IO[bytes]) -> int:
        """Some rows at a time; while the database looks for the next ones, everything else goes on."""
        count = 0
        cells = [CELLS[name] for name in sheet.columns]
        with rows_in(file) as rows:
            rows.write([sheet.columns])
            async with aclosing(self._queries.sheet_rows(sheet)) as found:
                async for some in found:
                    rows.write([cell(one, sheet.catalogue) for cell in cells] for one in some)
                    count += len(some)
        return count

    async def _say(self, user: str, said: Phrase) -> None:
        await self._slack.post(await self._slack.direct(user), said.text(), [rich(said)])
