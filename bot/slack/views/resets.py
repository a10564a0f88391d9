"""Resetting somebody's password or second factor: what will happen first, and only then the button that does it."""

from bot.slack.views import parts
from bot.slack.views.blocks import Block, modal, rich
from bot.slack.views.fields import EMPTY, Filled, Prefilled
from bot.wording import new_passwords as words
from handlers.commands import ResetFactor, ResetPassword
from handlers.models import Desk

CALLBACK = "reset-password"
FACTOR_CALLBACK = "reset-2fa"


def build_password(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    warning = words.password_warning(desk.catalogue)
    return _form("Reset password", CALLBACK, rich(*warning), typed)


def build_factor(desk: Desk, typed: Prefilled = EMPTY) -> Block:
    del desk
    return _form("Reset 2FA", FACTOR_CALLBACK, rich(*words.FACTOR_WARNING), typed)


def _form(title: str, callback: str, warning: Block, typed: Prefilled) -> Block:
    blocks = [*parts.note(typed), warning, parts.person(typed), parts.reason(typed)]
    return modal(title, callback, blocks, submit="Reset")


def read_password(form: Filled) -> ResetPassword:
    return ResetPassword(parts.read_person(form), form.text("reason"))


def read_factor(form: Filled) -> ResetFactor:
    return ResetFactor(parts.read_person(form), form.text("reason"))
