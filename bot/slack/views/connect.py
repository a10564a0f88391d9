"""Tie this Slack account to a member: first the address, then the code that proves it."""

from bot.slack.views.blocks import Block, asked, line, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording.phrase import say
from handlers.commands import CodeSent, Connect, StartConnecting
from handlers.models import Desk

CALLBACK = "connect"
CODE_CALLBACK = "connect-code"
TITLE = "Connect"


def build(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    email = typed.emails[0] if typed.emails else desk.email or ""
    box = asked("email", "E-mail", line(email, longest=254, placeholder="ada@example.com"))
    what = say("The address you were invited with. A code proves that it is yours.")
    return modal(TITLE, CALLBACK, [rich(what), box], submit="Continue")


def read(form: Filled) -> StartConnecting:
    return StartConnecting(email=form.text("email"))


def build_code(sent: CodeSent) -> Block:
    """The same address again, for the command needs both; it can be corrected here, and then the code won't fit."""
    where = (
        say("A code of eight digits is on its way to {email}.", email=sent.email)
        if sent.by == "mail"
        else say("Type the six digits that the authenticator of {email} shows now.", email=sent.email)
    )
    blocks = [
        rich(where),
        asked("code", "One-time code", line(longest=20, placeholder="Digits only")),
        asked("email", "E-mail", line(sent.email, longest=254), hint="Leave it as it is."),
    ]
    return modal(TITLE, CODE_CALLBACK, blocks, submit="Connect")


def read_code(form: Filled) -> Connect:
    return Connect(email=form.text("email"), code=form.text("code"))
