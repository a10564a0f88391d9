"""What Slack tells of somebody who is a member here: whoever was deactivated there is deactivated here."""

from __future__ import annotations

from handlers.commands import FollowSlack, Noted, Refusal, Result, Spread
from handlers.flows import lifecycle
from handlers.flows.roles import check_holder_may_leave
from handlers.flows.work import Work
from handlers.notices import Timer
from storage import accounts, members
from storage.members import Wanted
from storage.records import MemberRecord

IN_SLACK = "slack"
LAST = "last-holder"


async def follow(command: FollowSlack, work: Work) -> Result:
    """A stale timer changes nothing: what Slack says by now, the setting and the status decide."""
    wanted = Wanted(ids=(command.member,))
    found = await members.load(work.tx.connection, work.organization, wanted, now=work.now)
    member = found[0] if found and found[0].listed else None
    if member is None or member.team is None or not work.facts.organization.follow_slack:
        return Noted(changed=False)
    account = await accounts.find(work.tx.connection, member.team, member.slack_user or "")
    if account is None:
        return Noted(changed=False)
    if account.deleted and member.status == "active":
        return await _left(work, member)
    if not account.deleted and member.status == "deactivated":
        _tell(work, Spread(work.organization, "back-in-slack", member.id, "", work.now))
    return Noted(changed=False)


async def _left(work: Work, member: MemberRecord) -> Result:
    """The last holder of the highest role stays (I2), and managers are told that instead."""
    told = Spread(work.organization, "left-slack", member.id, "", work.now)
    try:
        await check_holder_may_leave(work, member)
    except Refusal:
        _tell(work, Spread(work.organization, "left-slack", member.id, LAST, work.now))
        return Noted(changed=False)
    entry = work.entry("member.deactivated", member.id, old=member.status, why=IN_SLACK)
    await lifecycle.close_doors(work, member, entry)
    _tell(work, told)
    return Noted()


def _tell(work: Work, news: Spread) -> None:
    """Every manager, however many there are."""
    work.post(Timer(news))
