"""Telling many people, some at a time, each in a row of the outbox: no list is cut, and no command takes long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from handlers.commands import Noted, Result, Spread
from handlers.flows.work import Work
from handlers.notices import Notice, ResourceNews, Timer, Told
from storage import recipients

AT_ONCE = 100
# Each with the row that it was told for.
Telling = list[tuple[str, Notice]]
# What ``after`` begins with once all members of a list have been told and its plain addresses follow.
ADDRESSES = "@"


async def spread(command: Spread, work: Work) -> Result:
    """The next of them; the rest follow in a command of their own."""
    told = await _NEWS[command.news](command, work)
    for _, notice in told:
        work.post(notice)
    if told:
        work.post(Timer(replace(command, after=told[-1][0])))
    elif command.news == "resource-news" and not command.after.startswith(ADDRESSES):
        work.post(Timer(replace(command, after=ADDRESSES)))
    return Noted(changed=bool(told))


async def _of_group(command: Spread, work: Work) -> Telling:
    found = await recipients.former_members(
        work.tx.connection, work.organization, command.subject, ended=command.at, after=command.after, limit=AT_ONCE
    )
    return [(one, Told(to=one, about="group-deleted", by=command.by, old=command.named)) for one in found]


async def _on_list(command: Spread, work: Work) -> Telling:
    """Members first, then plain addresses. Who was taken off the list meanwhile is told nothing."""
    connection, resource, now = work.tx.connection, command.subject, work.now
    news = ResourceNews(resource, command.text, by=command.by)
    if command.after.startswith(ADDRESSES):
        after = command.after.removeprefix(ADDRESSES)
        plain = await recipients.addresses_on_list(
            connection, work.organization, resource, after=after, now=now, limit=AT_ONCE
        )
        return [(f"{ADDRESSES}{one.share}", replace(news, share=one.share)) for one in plain]
    members = await recipients.members_on_list(
        connection, work.organization, resource, after=command.after, now=now, limit=AT_ONCE
    )
    return [(one, replace(news, to=one)) for one in members]


async def _managers(command: Spread, work: Work) -> Telling:
    """Whoever manages members, about one of them."""
    catalogue, about = work.facts.catalogue, command.news
    assert about in ("left-slack", "back-in-slack")  # noqa: S101 - what is told to managers
    roles = [role.id for role in catalogue.organization.values() if catalogue.manages_members(role)]
    found = await recipients.holders(
        work.tx.connection, work.organization, roles, after=command.after, now=work.now, limit=AT_ONCE
    )
    telling = Told(to="", about=about, subject=command.subject, old=command.named or None)
    return [(one, replace(telling, to=one)) for one in found if one != command.subject]


_NEWS: Mapping[str, Callable[[Spread, Work], Awaitable[Telling]]] = {
    "resource-news": _on_list,
    "group-deleted": _of_group,
    "left-slack": _managers,
    "back-in-slack": _managers,
}
