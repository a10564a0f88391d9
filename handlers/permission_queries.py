"""What the form *Permissions* is drawn from: what can be set for one member, and what is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from handlers import policy
from handlers.commands import Actor, Named, Refusal
from handlers.facts import Case, Facts, named
from handlers.letters import Letters
from handlers.models import Choice, Desk
from handlers.permission_rules import Controls, Settings, addons_at, controls, mark, settings
from storage import members, organizations, permissions, spaces
from storage.members import Wanted
from storage.records import MemberRecord
from storage.store import Connection


@dataclass(frozen=True, slots=True)
class Sheet:
    """``addons`` are held until then, or for good; ``names`` are those of the selected datasets, by their ids."""

    member: Named
    space: Choice | None
    what: Controls
    settings: Settings
    addons: Mapping[str, datetime | None]
    names: Mapping[str, str]

    @property
    def mark(self) -> str:
        return mark(self.what, self.settings)

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """The selected datasets by name."""
        shown = [Choice(one, self.names.get(one, one)) for one in self.settings.choices]
        return tuple(sorted(shown, key=lambda choice: (choice.label.casefold(), choice.value)))


class PermissionQueries(Letters):
    async def permissions(self, desk: Desk, member: str, *, space: str | None = None) -> Sheet:
        """Judged as the gate will judge what is sent. Raises Refusal."""
        if desk.organization is None or desk.member is None:
            raise Refusal("not-connected")
        async with self._store.reading() as connection:
            facts = await self._placed(connection, desk, desk.organization.id, member, space)
            target = facts.target
            assert target is not None  # noqa: S101 - else it was refused
            policy.check(Case("permissions", old=facts.role_here(target)), facts)
            if target.status != "active":
                raise Refusal("not-a-member", "person", person=target.name or target.email)
            held = settings(target, await permissions.of_member(connection, target.id), facts.place)
            rules = facts.catalogue.datasets
            kind = rules.kind if rules else ""
            known = await permissions.datasets_of(connection, facts.organization.id, kind, tuple(held.choices))
        return Sheet(
            member=named(target),
            space=Choice(facts.space.id, facts.space.name) if facts.space else None,
            what=controls(facts),
            settings=held,
            addons={grant.what: grant.ends for grant in addons_at(target, facts.place)},
            names={one: _label(*found) for one, found in known.items()},
        )

    async def _placed(
        self, connection: Connection, desk: Desk, organization: str, member: str, space: str | None
    ) -> Facts:
        found = await organizations.find(connection, organization)
        place = await spaces.find(connection, organization, space) if space else None
        if found is None:
            raise Refusal("no-organization")
        if space and place is None:
            raise Refusal("unknown-space", "space", space=space, place=desk.catalogue.words.space)
        mine = desk.member.id if desk.member else ""
        loaded = await members.load(connection, organization, Wanted(ids=(mine, member)), now=self._clock())
        facts = Facts(
            now=self._clock(),
            actor=Actor(via="slack", account=desk.account),
            organization=found,
            catalogue=self._catalogue(found),
            me=_one(loaded, mine),
            space=place,
        )
        target = _one(loaded, member)
        if target is None or not target.listed:
            raise Refusal("unknown-person", "person", person=member)
        return replace(facts, target=target)

    async def datasets(self, desk: Desk, words: str) -> tuple[Choice, ...]:
        """Datasets whose name or id in the product begins with ``words``; for who may rule over them."""
        rules, catalogue = desk.catalogue.datasets, desk.catalogue
        mine, needed = catalogue.organization.get(desk.role or ""), catalogue.needs.get("permissions", policy.NOBODY)
        if desk.organization is None or rules is None or desk.status != "active" or not catalogue.allows(mine, needed):
            return ()
        async with self._store.reading() as connection:
            found = await permissions.datasets_like(connection, desk.organization.id, rules.kind, words)
        return tuple(Choice(one, _label(name, outside)) for one, name, outside in found)


def _label(name: str, outside: str) -> str:
    """Two datasets may have one name."""
    return f"{name} ({outside})"


def _one(loaded: list[MemberRecord], member: str) -> MemberRecord | None:
    return next((one for one in loaded if one.id == member), None)
