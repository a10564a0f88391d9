"""An invitation in words before it is sent: who will be invited as what, and who will not."""

from collections.abc import Sequence

from bot.wording.common import in_space, role_title
from bot.wording.directory import people
from bot.wording.left_out import left_out
from bot.wording.phrase import NOTHING, Phrase, listed, say
from handlers.catalogue_types import Catalogue
from handlers.commands import Invite
from handlers.inviting import Sorted


def review(
    catalogue: Catalogue, found: Sorted, command: Invite, *, space: str | None, groups: Sequence[str]
) -> list[Phrase]:
    role = role_title(catalogue, command.role, command.space)
    head = say("Nothing is sent yet. {people} will be invited as {role}", people=people(len(found.invited)), role=role)
    into = say(", into {groups}", groups=listed(list(groups))) if groups else NOTHING
    who = say("{emails}", emails=listed(list(found.invited), most=50))
    not_them = left_out(found.left_out)
    return [head + in_space(catalogue, space) + into + say(":"), who, *([not_them] if not_them else [])]
