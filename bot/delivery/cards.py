"""Posts a request's card where approvers see it, and rewrites every posted one as the request stands now."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from bot.delivery.slack import SlackSender
from bot.delivery.trouble import SLACK, Never, NoAnswer, NotNow, Trouble, Unreachable
from bot.slack.views.card import card_blocks
from handlers.commands import CardPlace
from handlers.models import Recipient, RequestCard
from handlers.notices import CardPost, CardUpdate
from handlers.queries import Queries

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

Places = tuple[CardPlace, ...]
# How long one try may go from approver to approver; the rest follow with the next one.
ROUND: Final = 30.0


class Cards:
    def __init__(self, queries: Queries, slack: SlackSender) -> None:
        self._queries = queries
        self._slack = slack

    async def post(self, notice: CardPost) -> Places:
        """Where the card was posted now; where an earlier, broken try posted it, it is not posted again."""
        card = await self._queries.card(notice.request)
        if card is None:
            return ()
        there = frozenset(place.channel for place in await self._queries.places(card.id))
        if notice.to is None and card.channel is not None and not _is_direct(card.channel):
            try:
                return await self._post_in(card.channel, card, there)
            except Unreachable as why:
                # Usher may post only where it is a member, so asking first (and one more scope) would add nothing.
                _log.info("the card goes to each approver instead", request=card.id, why=why.error)
        approvers = await self._queries.approvers(card.id)
        if notice.to is not None:
            approvers = [one for one in approvers if one.member.id == notice.to]
        elif card.state == "pending" and not any(one.account for one in approvers):
            raise Never("Nobody who may approve has a Slack account connected.")
        return await self._post_to_each(card, approvers, there)

    async def _post_in(self, channel: str, card: RequestCard, there: frozenset[str], zone: str = "UTC") -> Places:
        return () if channel in there else (await self._slack.post(channel, *card_blocks(card, zone)),)

    async def _post_to_each(self, card: RequestCard, people: Sequence[Recipient], there: frozenset[str]) -> Places:
        """By direct message. One who cannot be reached keeps the card from nobody else."""
        posted: list[CardPlace] = []
        troubles: list[Trouble] = []
        users = [(one.account.user, one.timezone) for one in people if one.account]
        try:
            async with asyncio.timeout(ROUND):
                for user, zone in users:
                    try:
                        posted += await self._post_in(await self._slack.direct(user), card, there, zone)
                    except NoAnswer as trouble:
                        troubles.append(trouble)
                        break
                    except (NotNow, Unreachable) as trouble:
                        troubles.append(trouble)
        except TimeoutError:
            troubles.append(NotNow("There are more approvers to tell.", schedule=SLACK))
        _raise_if_needed(troubles, users, tuple(posted))
        return tuple(posted)

    async def rewrite(self, notice: CardUpdate) -> None:
        card = await self._queries.card(notice.request)
        if card is None:
            return
        text, blocks = card_blocks(card)
        for place in await self._queries.places(card.id):
            await self._slack.rewrite(place, text, blocks)


def _raise_if_needed(troubles: Sequence[Trouble], users: Sequence[object], posted: Places) -> None:
    """What may still succeed is tried again; what never will is an error only if it reached nobody."""
    again = next((one for one in troubles if isinstance(one, NotNow)), None)
    trouble = again or (troubles[0] if troubles and len(troubles) == len(users) else None)
    if trouble:
        trouble.posted = posted
        raise trouble


def _is_direct(channel: str) -> bool:
    """A card in the asker's own direct messages would reach no approver. Slack marks these channels by their letter."""
    return channel.startswith("D")
