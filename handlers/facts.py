"""What judging one change needs to know; loaded inside the transaction that acts (invariant 26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.catalogue import Catalogue, Change, Role
from handlers.commands import Actor, Named
from storage.records import MemberRecord, OrganizationRecord, ResourceRecord, SpaceRecord


@dataclass(frozen=True, slots=True)
class Facts:
    """``me`` None: no member acts (operator, system, the holder of a link, an account that is not tied)."""

    now: datetime
    actor: Actor
    organization: OrganizationRecord
    catalogue: Catalogue
    me: MemberRecord | None = None
    target: MemberRecord | None = None
    space: SpaceRecord | None = None

    @property
    def place(self) -> str:
        """The scope's key in the tables: '' is the organization."""
        return self.space.id if self.space else ""

    def organization_role(self, member: MemberRecord | None) -> Role | None:
        return self.catalogue.organization.get(member.role() or "") if member else None

    def space_role(self, member: MemberRecord | None) -> Role | None:
        if member is None or self.space is None:
            return None
        return self.catalogue.space.get(member.role(self.space.id) or "")

    def role_here(self, member: MemberRecord | None) -> Role | None:
        """The role in the scope of the change."""
        return self.space_role(member) if self.space else self.organization_role(member)

    @property
    def doer(self) -> str:
        """How the audit names who acts: an opaque id."""
        if self.me:
            return f"member:{self.me.id}"
        if self.actor.account:
            return f"slack:{self.actor.account.team}/{self.actor.account.user}"
        return f"token:{self.actor.token}" if self.actor.token else self.actor.via


@dataclass(frozen=True, slots=True)
class Case:
    """One change, as far as the catalogue's table of privileged changes looks at it.

    ``opens``: permissions that it gives beside those of ``new`` (add-ons). ``counts_as``: the change that a request for
    access asks for, and that whoever decides it must be able to make. ``people``: all whom it concerns, where these are
    several; none of them decides about it, nor does anybody in one of ``groups``. ``resource`` is the one that is
    changed or shared. ``apart``: whoever did or approved what nobody does or approves together with this.
    ``several``: all the roles that an import gives. ``joins``: it also puts somebody into groups. ``remodels``: another
    catalogue is to say what everybody may do. ``heir`` gets the highest role in every space that is ``left`` to them.
    """

    change: Change
    old: Role | None = None
    new: Role | None = None
    rows: int = 1
    own: bool = False
    opens: frozenset[str] = frozenset()
    counts_as: Change = "change-role"
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    resource: ResourceRecord | None = None
    apart: frozenset[str] = frozenset()
    remodels: bool = False
    several: tuple[Role, ...] = ()
    joins: bool = False
    heir: MemberRecord | None = None
    left: tuple[SpaceRecord, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """All the roles that it gives."""
        return self.several or ((self.new,) if self.new else ())


def named(member: MemberRecord) -> Named:
    if member.deleted:  # what stands in place of an address is none
        return Named(member.id, member.name, "")
    return Named(member.id, member.name or member.email, member.email, member.slack_user)
