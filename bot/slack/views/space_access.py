"""*Manage access*: who has access to a space, each with their role, and adding somebody (001-70 to 001-73)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.slack import ids
from bot.slack.views import parts
from bot.slack.views.blocks import (
    Block,
    Confirm,
    Element,
    actions,
    asked,
    button,
    divider,
    header,
    line,
    modal,
    rich,
    searched,
    select,
)
from bot.slack.views.fields import Filled, Unreadable, mapping
from bot.slack.views.groups import turning
from bot.wording import spaces
from bot.wording.clean import clean
from bot.wording.common import not_opened, role_title
from bot.wording.phrase import NOTHING, Phrase, Typed, say
from handlers.commands import ChangeRole, Person
from handlers.models import Choice, Desk
from handlers.space_models import AccessPage, AccessRow

CALLBACK = "manage-access"
TITLE = "Manage access"
_ROW, _ADD, _ROLE, _SEARCH = "access", "person", "role", "search"
_LONGEST_WORDS = 100


@dataclass(frozen=True, slots=True)
class At:
    """What the form shows: which space, the part of its list, and how often it was drawn.

    Slack keeps what was chosen where an input keeps its ids, so each drawing has ids of its own: what was refused does
    not stay chosen, and who was added does not stand there to be added again.
    """

    space: str
    words: str = ""
    after: str = ""
    drawn: int = 0

    def dump(self) -> str:
        kept = {"space": self.space, "words": self.words, "after": self.after, "drawn": self.drawn}
        return json.dumps({name: value for name, value in kept.items() if value}, separators=(",", ":"))

    @staticmethod
    def load(view: Mapping[str, Any]) -> "At":
        """Nonsense is a space that does not exist."""
        known = mapping(_json(str(view.get("private_metadata") or "")))
        drawn = known.get("drawn")
        texts = (str(known.get(name) or "") for name in ("space", "words", "after"))
        return At(*texts, drawn=drawn if isinstance(drawn, int) else 0)

    def again(self) -> "At":
        return replace(self, drawn=self.drawn + 1)

    def searching(self, words: str) -> "At":
        return replace(self.again(), words=words[:_LONGEST_WORDS], after="")

    def turned(self, key: str) -> "At":
        return replace(self.again(), after=key)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def build(desk: Desk, page: AccessPage, at: At, *, said: Phrase = NOTHING) -> Block:
    """`said`: what came of the last act."""
    head = say("Who has access to {space}.", space=spaces.called(desk.catalogue, page.name))
    blocks = [*([rich(said), divider()] if said else []), rich(head), *(_search(at) if page.addable else [])]
    for one in page.rows:
        blocks += _row(desk, page, one, at)
    if not page.rows:
        blocks.append(rich(say("Nobody of that name has access here.") if at.words else say("Nobody yet.")))
    blocks += turning(page.turns, ids.ACCESS_BACK, ids.ACCESS_PAGE, f"access-page-{at.drawn}")
    submit = "Add" if page.addable else ""
    return modal(TITLE, CALLBACK, [*blocks, *_add(desk, page, at)], submit=submit, meta=at.dump(), close="Close")


def _search(at: At) -> list[Block]:
    box = line(at.words, longest=_LONGEST_WORDS, placeholder="The beginning of a name or an e-mail")
    label = "Search those who have access"
    search: Element = {**box, "action_id": ids.ACCESS_SEARCH}
    return [asked(f"{_SEARCH}-{at.drawn}", label, search, optional=True, dispatch=True, hint="Press Enter to search.")]


# Each person ----------------------------------------------------------------------------------------------------------


def _row(desk: Desk, page: AccessPage, one: AccessRow, at: At) -> list[Block]:
    told = rich(spaces.access_row(desk.catalogue, one, desk.timezone))
    controls = [*_role(desk, one), *_revoke(page, one)]
    return [told, *([actions(f"{_ROW}-{at.drawn}:{one.member.id}", *controls)] if controls else [])]


def member_of(block_id: str) -> str:
    """Whom a row is about."""
    return block_id.partition(":")[2]


def _role(desk: Desk, one: AccessRow) -> list[Element]:
    """Choosing another one acts at once (001-73)."""
    if one.standing.role is None or not one.roles:
        return []
    choices = _choices(desk, one.roles)
    about = clean(f"Role of {one.member.name or one.member.email}", 150)
    return [select(choices, one.standing.role, placeholder=about) | {"action_id": ids.ACCESS_ROLE}]


def _revoke(page: AccessPage, one: AccessRow) -> list[Element]:
    if not one.revocable:
        return []
    who = clean(one.member.name or one.member.email, 80)
    text = f"{who} loses their role in {clean(page.name, 80)} at once, and is told. They stay a member."
    sure = Confirm("Revoke access?", text, "Revoke access")
    return [button("Revoke access", ids.ACCESS_REVOKE, one.member.id, confirm=sure, about=f"Revoke access of {who}")]


def _choices(desk: Desk, roles: Sequence[str]) -> list[Choice]:
    return [Choice(role, role_title(desk.catalogue, role, "space")) for role in roles]


# Adding ---------------------------------------------------------------------------------------------------------------


def _add(desk: Desk, page: AccessPage, at: At) -> list[Block]:
    """Somebody new is invited instead, for here only members are found (001-71)."""
    if not page.addable:
        return []
    choices = _choices(desk, page.addable)
    search = searched(parts.PERSON, placeholder="Type a name or an e-mail")
    hint = f"Somebody who is no member yet comes in by Invite on the card of the {desk.catalogue.words.space}."
    return [
        header("Add somebody"),
        asked(f"{_ADD}-{at.drawn}", "Person", search, hint=hint),
        asked(f"{_ROLE}-{at.drawn}", "Role", select(choices, page.addable[-1])),
    ]


def read(form: Filled) -> ChangeRole:
    """The lowest role stands there chosen already, so nobody gives more than they meant to."""
    person, role = _chosen(form, _ADD), _chosen(form, _ROLE)
    if not person:
        raise Unreadable(_ADD, say("Choose a person from the list: type the beginning of a name or an e-mail."))
    return ChangeRole(person=Person(id=person), role=role, space=form.meta.space)


def _chosen(form: Filled, field: str) -> str:
    return next((chosen for block in form.parts(field) if (chosen := form.choice(block))), "")


def instead(desk: Desk, name: str) -> Phrase:
    word = desk.catalogue.words.space
    return not_opened(say(f"Press Manage access again, on `/usher {word}` {{name}}.", name=Typed(name, 80)))
