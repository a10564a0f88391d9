"""``/access request`` with a name that no catalogue knows: of a group it asks at once, of a space the form opens."""

from dataclasses import replace

from bot.slack.door import Door, Visit
from bot.slack.grammar import AskFor, OpenForm, Prefill, help_lines
from bot.slack.views import answer, request_access
from bot.slack.views.blocks import Message
from bot.slack.views.fields import Prefilled
from handlers.commands import Command


async def meant(door: Door, visit: Visit, asked: AskFor) -> Message | Command | OpenForm:
    """What the name comes to, or what to say where it is of nothing, or of two things."""
    found = await door.usher.queries.meant(visit.desk, asked.name)
    example = help_lines("/access", desk=visit.desk, verb="request")[0].example
    words = visit.desk.catalogue.words
    if found.group and found.space:
        what = f"“{asked.name}” is a {words.group} and a {words.space} here."
        what += f" Put `{words.group}` before the name of the one, or `in` before that of the other."
        return answer.unclear(what, f"/access request {words.group} {asked.name}", example)
    if found.space:
        return OpenForm("request-access", {**asked.form.prefill, "space": asked.name})
    if found.group is None:
        return answer.unclear(asked.what, asked.nearest, example)
    if not asked.request.reason:
        return OpenForm("request-access", {**asked.form.prefill, "asked": f"group:{asked.name}"})
    return replace(asked.request, role=asked.name, asked="group")


async def prefilled(door: Door, visit: Visit, known: Prefill, typed: Prefilled) -> Prefilled:
    """The add-on, and the group or resource, that a form begins with."""
    texts = {name: text for name in ("addon",) if isinstance(text := known.get(name), str)}
    wanted = known.get(request_access.ASKED)
    found = await door.usher.queries.askable_named(visit.desk, wanted) if isinstance(wanted, str) else None
    chosen = {request_access.ASKED: (found,)} if found else {}
    return replace(typed, chosen={**typed.chosen, **chosen}, texts={**typed.texts, **texts})


def spelled(known: Prefill) -> str:
    """What is asked for beside a role, as it can be typed again."""
    addon, other = known.get("addon"), known.get(request_access.ASKED)
    if isinstance(addon, str):
        return addon
    sort, _, named = other.partition(":") if isinstance(other, str) else ("", "", "")
    return f"group {named}" if sort == "group" else named
