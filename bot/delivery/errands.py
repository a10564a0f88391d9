"""Which notice goes where. A notice holds ids alone, so what is sent is what is true at that moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from bot.delivery.cards import Cards, Places
from bot.delivery.exports import Exports
from bot.delivery.imports import Imports
from bot.delivery.mail import MailSender
from bot.delivery.resets import Resets
from bot.delivery.slack import SlackSender
from bot.delivery.trouble import HOUSE, NotNow, Unreachable
from bot.delivery.webhooks import WebhookSender
from bot.slack.views.blocks import Block
from bot.wording.mails import Written, code_mail, invitation_mail
from bot.wording.notices import invitation_offer, told, told_mail
from bot.wording.told_things import news, news_mail
from handlers.commands import SYSTEM, Actor, DeleteWebhook, FollowSlack, ImportStep, Refused, Spread
from handlers.house import Usher
from handlers.models import InvitationLetter, Recipient
from handlers.notices import (
    CardPost,
    CardUpdate,
    CodeMail,
    ImportNews,
    InvitationMail,
    InvitationOffer,
    MembersFile,
    ResetLetter,
    ResourceNews,
    Timer,
    Told,
    WebhookEvent,
)
from handlers.post import Parcel

Said = tuple[str, list[Block]]
_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

NOT_A_PERSON_HERE: Final = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")


class Errands:
    """`public_url` is where people reach Usher's pages; `mail` None: this deployment sends no mail."""

    def __init__(
        self,
        usher: Usher,
        *,
        slack: SlackSender,
        mail: MailSender | None,
        clock: Callable[[], datetime],
        public_url: str,
    ) -> None:
        self._usher = usher
        self._cards = Cards(usher.queries, slack)
        self._slack = slack
        self._mail = mail
        self._webhooks = WebhookSender(clock=clock)
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._resets = Resets(usher, slack=slack, mail=mail, public_url=self._public_url)
        self._exports = Exports(usher, slack=slack)
        self._imports = Imports(usher, slack=slack)
        self._team: str | None = None

    async def run(self, parcel: Parcel) -> Places:  # noqa: C901 - one line for each kind
        """The cards that were posted; Trouble if it could not be sent. What is stale needs no sending."""
        match parcel.notice:
            case InvitationMail() as notice:
                await self._invitation_mail(notice, parcel.key)
            case InvitationOffer() as notice:
                return await self._offer(notice)
            case CodeMail() as notice:
                await self._code_mail(notice, parcel.key)
            case CardPost() as notice:
                return await self._cards.post(notice)
            case CardUpdate() as notice:
                await self._cards.rewrite(notice)
            case Told() as notice:
                await self._tell(notice, parcel.key)
            case ResourceNews() as notice:
                await self._pass_on(notice, parcel.key)
            case WebhookEvent() as notice:
                await self._tell_software(notice, parcel.key)
            case ResetLetter() as notice:
                await self._resets.send(notice, parcel.key)
            case MembersFile() as notice:
                await self._exports.send(notice, parcel.key)
            case ImportNews() as notice:
                return await self._imports.tell(notice)
            case Timer() as notice:
                await self._fire(notice, parcel.key)
        return ()

    async def close(self) -> None:
        await self._exports.close()

    # ---- invitations and codes

    async def _letter(self, notice: InvitationMail | InvitationOffer) -> InvitationLetter | None:
        """None once it was resent, accepted, revoked, or is over."""
        letter = await self._usher.queries.invitation_letter(notice)
        if letter is None or letter.version != notice.version or letter.state != "pending":
            return None
        return letter if self._clock() < letter.expires else None

    async def _invitation_mail(self, notice: InvitationMail, key: str) -> None:
        letter = await self._letter(notice)
        if letter and self._mail:
            url = self._public_url + self._usher.enrolments.invitation_path(letter)
            await self._mail.send(invitation_mail(letter, url), to=letter.to.email, name=letter.to.name, key=key)

    async def _offer(self, notice: InvitationOffer) -> Places:
        """Where it was offered, once for each version: they may have come to Slack after they were invited."""
        letter = await self._letter(notice)
        if letter is None or letter.offered:
            return ()
        user = await self._slack.look_up(letter.to.email)
        if not user or not await self._is_vouched_for(user, letter.to.email):
            return ()
        return (await self._slack.post(await self._slack.direct(str(user["id"])), *invitation_offer(letter)),)

    async def _is_vouched_for(self, user: dict[str, Any], email: str) -> bool:
        """Is it a full account of our own team, with this very address? The gate asks again at the press."""
        if any(user.get(word) for word in NOT_A_PERSON_HERE) or user.get("is_email_confirmed") is False:
            return False
        if str(user.get("profile", {}).get("email", "")).casefold() != email.casefold():
            return False
        self._team = self._team or await self._slack.team()
        return self._team in {user.get("team_id"), *user.get("enterprise_user", {}).get("teams", ())}

    async def _code_mail(self, notice: CodeMail, key: str) -> None:
        code = await self._usher.queries.code_mail(notice)
        if code and self._mail:
            address, digits, organization = code
            await self._mail.send(code_mail(digits, organization), to=address, key=key)

    # ---- one member told, and timers

    async def _tell(self, notice: Told, key: str) -> None:
        letter = await self._usher.queries.told_letter(notice)
        if letter.to and notice.also == "mail":
            await self._by_mail(letter.to, told_mail(notice, letter), key)
        elif letter.to:
            await self._reach(letter.to, told(notice, letter), told_mail(notice, letter), key)

    async def _pass_on(self, notice: ResourceNews, key: str) -> None:
        letter = await self._usher.queries.news_letter(notice)
        if letter and letter.to:
            await self._reach(letter.to, news(letter), news_mail(letter), key)
        elif letter and self._mail:
            await self._mail.send(news_mail(letter), to=letter.email, key=key)

    async def _reach(self, to: Recipient, said: Said, mail: Written, key: str) -> None:
        """By direct message, else by mail."""
        if to.account is None:
            await self._by_mail(to, mail, key)
            return
        try:
            await self._slack.post(await self._slack.direct(to.account.user), *said)
        except Unreachable:
            if self._mail is None:
                raise
            await self._by_mail(to, mail, key)

    async def _by_mail(self, to: Recipient, mail: Written, key: str) -> None:
        if self._mail:
            await self._mail.send(mail, to=to.email, name=to.member.name, key=key)

    async def _tell_software(self, event: WebhookEvent, key: str) -> None:
        letter = await self._usher.queries.webhook_letter(event)
        if letter is None or await self._webhooks.send(letter, key=key):
            return
        by = Actor(via="system", organization=letter.organization)
        if await self._usher.gate.perform(DeleteWebhook(letter.webhook), by=by) == Refused("busy"):
            raise NotNow("The database was busy.", schedule=HOUSE)

    async def _fire(self, timer: Timer, key: str) -> None:
        """A refusal is an answer too: a stale timer changes nothing. Only a busy database deserves another try.

        What is told to the next of many tells them again whenever it runs, so the same row runs it once.
        """
        once = isinstance(timer.command, Spread | FollowSlack | ImportStep)
        by = replace(SYSTEM, delivery=f"timer/{key}") if once else SYSTEM
        outcome = await self._usher.gate.perform(timer.command, by=by)
        match outcome:
            case Refused("busy"):
                raise NotNow("The database was busy.", schedule=HOUSE)
            case Refused(code):
                _log.info("timer refused", command=timer.command.kind, refusal=code)
            case _:
                pass
