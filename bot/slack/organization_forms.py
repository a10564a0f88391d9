"""What forms about organizations begin with, the page between, and the command to type instead where none opens."""

from collections.abc import Callable, Mapping

from bot.slack.door import Door, Visit
from bot.slack.grammar import Form
from bot.slack.views import answer, organizations, settings
from bot.slack.views.blocks import Block
from bot.slack.views.fields import Filled, Prefilled
from handlers.commands import Refusal, Refused
from handlers.models import Desk

BUILD: Mapping[Form, Callable[[Desk, Prefilled], Block]] = {
    "org-create": organizations.build_create,
    "org-close": organizations.build_close,
    "org-transfer": organizations.build_transfer,
}
_SPELLED: Mapping[Form, str] = {
    "settings": "/usher settings",
    "org-create": "/usher org create NAME",
    "org-close": "/usher org close NAME",
    "org-transfer": "/usher org transfer NAME to PERSON",
}


async def opened(door: Door, visit: Visit) -> Block:
    """The settings as they are now."""
    found = await door.usher.queries.settings(visit.desk)
    return settings.build(visit.desk, found) if found else answer.page(Refused("may-not"), visit.reader)


async def preview(door: Door, visit: Visit, form: Filled) -> Block | None:
    """Before another catalogue is asked for, who would gain and lose what by it. None: there is nothing to show."""
    wanted = settings.read(form).catalogue
    if wanted is None or wanted == settings.Shown.of(form.meta.mark).previewed:
        return None
    found = await door.usher.queries.catalogue_preview(visit.desk, wanted)
    return None if found is None or isinstance(found, Refusal) else settings.build_preview(visit.desk, form, found)


def spelled(which: Form) -> str | None:
    """None: it is another subject's form."""
    return _SPELLED.get(which)
