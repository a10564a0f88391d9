"""The check, the resets and an import as Slack is given them, without anybody's database."""

from typing import get_args

from bot.slack.views import checking, importing, resets
from bot.slack.views.blocks import Block, Message
from bot.slack.views.fields import Prefilled
from bot.wording.phrase import say
from handlers import commands
from handlers.checking import Checked, Finding, Mend, Unknown
from handlers.commands import Verdict
from handlers.import_models import ImportGuest, ImportPeople, ImportPreview, ImportTrouble
from handlers.models import Desk
from tests.slack.carded import GRACE, a_card

FIELDS = {
    resets.CALLBACK: commands.ResetPassword,
    resets.FACTOR_CALLBACK: commands.ResetFactor,
    importing.CONFIRM_CALLBACK: commands.Import,
}


def a_preview(*, people: int = 9) -> ImportPreview:
    troubles = (
        ImportTrouble(3, "ada@example.org", "already-member", ""),
        ImportTrouble(4, "nobody", "wrong", "not-an-address"),
        ImportTrouble(7, "ada@example.org", "wrong", "twice:3"),
    )
    counts: tuple[tuple[Verdict, int], ...] = (("will-invite", people), ("already-member", 1), ("wrong", 2))
    return ImportPreview("i1", "people.csv", 12, counts, troubles, "n", "p", ("phone",), "")


def people() -> ImportPeople:
    guests = (
        ImportGuest(2, "ada@example.org", "Ada", "admin", ("Sales", "Board")),
        ImportGuest(3, "grace@example.org", "", "member", ()),
    )
    return ImportPeople("r1", "people.csv", 26, guests, "n", "p")


def checked() -> Checked:
    mends: tuple[Mend, ...] = ("role", "resend", "copy-link", *get_args(get_args(Mend)[1]))
    return Checked(a_card(), (Finding("address", "good", mends), Finding("no-factor", "open")), "i1")


def messages(desk: Desk) -> list[Message]:
    return [
        checking.card(desk, checked()),
        checking.unknown(Unknown("grase@example.org", (GRACE,), invites=True)),
        checking.sees(Message("Yes.", ()), say("Sales"), GRACE, edits=True),
        importing.message(desk, a_preview()),
        importing.message(desk, a_preview(people=0)),
    ]


def forms(desk: Desk) -> list[Block]:
    typed = Prefilled()
    return [
        checking.build(desk, typed),
        resets.build_password(desk, typed),
        resets.build_factor(desk, typed),
        importing.build(desk, typed),
        importing.page(desk, a_preview()),
    ]
