"""The members as a file: asked for now, and made when it is sent, of those whom the asker may see by then."""

from __future__ import annotations

from dataclasses import replace

from handlers import exports, listing, policy
from handlers.commands import Export, Exporting, Filters, Refusal, Result
from handlers.flows.work import Work
from handlers.listing import Sought
from handlers.notices import MembersFile
from storage import listing as stored


async def export(command: Export, work: Work) -> Result:
    me = policy.acts(work.facts)
    if me is None or me.slack_user is None or work.facts.actor.via != "slack":
        raise Refusal("export-by-slack")
    connection = work.tx.connection
    sought = await listing.sought(connection, exports.viewer(work.facts), command.filters)
    counted = await stored.count(connection, work.organization, sought.narrow, now=work.now)
    filters = _by_ids(sought)
    said = {name: value for name in Filters.__slots__ if (value := getattr(filters, name))}
    if filters.words:  # they may be a part of somebody's name, which would not be found when that one is deleted
        said["words"] = True
    work.tx.note(work.entry("members.exported", filters=said, members=counted.count))
    work.post(MembersFile(to=me.id, filters=filters))
    return Exporting(counted.count, exact=counted.exact)


def _by_ids(sought: Sought) -> Filters:
    """What is renamed until the file is made is still what was meant."""
    narrow, named = sought.narrow, sought.filters
    space = narrow.spaces[0] if named.space and narrow.spaces else ""
    return replace(named, space=space, group=narrow.group)
