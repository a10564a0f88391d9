"""What could not be delivered is tried again."""

from __future__ import annotations

from handlers import policy
from handlers.commands import Refusal, Result, SendAgain, SentAgain
from handlers.facts import Case
from handlers.flows.work import Work
from storage import dead_letters

MOST = 200


async def send_again(command: SendAgain, work: Work) -> Result:
    """One letter, or the oldest of all that there are."""
    policy.check(Case("settings"), work.facts)
    connection, organization = work.tx.connection, work.organization
    if command.letter:
        one = await dead_letters.find(connection, organization, command.letter)
        found = [one] if one else []
    else:
        found = list(await dead_letters.keys(connection, organization, most=MOST))
    if not found:
        raise Refusal("letter-gone")
    entries = [work.entry("letter.sent-again", f"letter:{key}", notice=kind) for key, kind in found]
    await dead_letters.send_again(work.tx, organization, [key for key, _ in found], entries=entries)
    left = await dead_letters.count(connection, organization) if not command.letter else 0
    return SentAgain(len(found), left)
