"""The list of a resource: who is on it, and telling all of them something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers import policy
from handlers.asked import known
from handlers.commands import Notify, Person, Refusal, ResourceChanged, Result, Share, Spread, Thing, Unshare
from handlers.emails import checked_address
from handlers.facts import Case, Facts
from handlers.flows import people
from handlers.flows.groups import find_groups
from handlers.flows.resources import changed, check_change, entry_of, find_resource, placed
from handlers.flows.work import Plan, Work
from handlers.notices import About, Timer, Told
from storage import recipients, resources
from storage.decisions import Asked
from storage.members import folded
from storage.records import AuditEntry, GroupRecord, MemberRecord, ResourceRecord
from storage.resources import EMAIL, GROUP, Listed, NewShare

SHARE = Case("share")
LONGEST_TEXT = 3000
SOME = 20  # addresses that an answer names


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a command names, each once: members, groups, and addresses of nobody here."""

    people: tuple[MemberRecord, ...] = ()
    groups: tuple[GroupRecord, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def keys(self) -> Listed:
        return Listed(
            frozenset(one.id for one in self.people),
            frozenset(one.id for one in self.groups),
            frozenset(folded(email) for email in self.emails),
        )

    @property
    def words(self) -> tuple[str, ...]:
        return (*(one.name or one.email for one in self.people), *(one.name for one in self.groups), *self.emails)

    def only(self, listed: Listed, *, on: bool) -> Named:
        """Those who are on a list, or those who are not."""
        return Named(
            tuple(one for one in self.people if (one.id in listed.people) is on),
            tuple(one for one in self.groups if (one.id in listed.groups) is on),
            tuple(email for email in self.emails if (folded(email) in listed.emails) is on),
        )


async def _sharable(work: Work, thing: Thing) -> tuple[ResourceRecord, Facts]:
    """Raises Refusal: not seen, not the actor's to share, or of a kind that takes a right of its own to share."""
    policy.acts(work.facts)
    resource = await find_resource(work, thing)
    facts = await placed(work, resource)
    check_change("share", resource, facts)
    await _check_action(work, resource)
    return resource, facts


async def _check_action(work: Work, resource: ResourceRecord) -> None:
    """Where a kind knows the action *share*, it takes that too: on tasks it puts people on the list (002-08)."""
    kind = work.facts.catalogue.kinds[resource.kind]
    if work.me is None or "share" not in kind.actions:
        return
    asked = Asked(members=(work.me.id,), resources=(resource.id,))
    facts = await known(work.tx.connection, work.organization, asked, work.house.catalogues)
    subject = facts.subject(work.me.email) if facts else None
    target = facts.target(resource.kind, resource.outside) if facts else None
    assert facts is not None  # noqa: S101 - its row is taken
    if not facts.decided(subject, "share", target, now=work.now).allowed:
        raise Refusal("may-not", "resource", change="share")


async def _named(command: Share | Unshare, work: Work) -> Named:
    """Raises Refusal. An address of a member stands for that member."""
    meant = {one.id: one for one in (people.find(work, person, field="people") for person in command.people)}
    emails: dict[str, str] = {}
    members = {folded(one.email): one for one in work.loaded if one.listed}
    for typed in command.emails:
        if member := members.get(folded(typed)):
            meant[member.id] = member
        elif address := checked_address(typed):
            emails[folded(address)] = address
        else:
            raise Refusal("no-addresses", "emails")
    groups = await find_groups(work, command.groups, field="groups")
    found = Named(tuple(meant.values()), tuple(groups), tuple(emails.values()))
    if found == Named():
        raise Refusal("nobody-named", "people")
    if work.by in meant:
        raise Refusal("not-on-oneself", "people")
    return found


def _resolved(command: Share | Unshare, resource: ResourceRecord, who: Named) -> Share | Unshare:
    return replace(
        command,
        resource=Thing(resource.kind, resource.outside),
        people=tuple(Person(id=one.id) for one in who.people),
        emails=who.emails,
        groups=tuple(one.id for one in who.groups),
    )


# Putting on the list --------------------------------------------------------------------------------------------------


async def plan_share(command: Share, work: Work) -> Plan:
    resource, facts = await _sharable(work, command.resource)
    named = await _named(command, work)
    _check_can_be_listed(work, named)
    there, for_a_while = await resources.on_list(work.tx.connection, resource, named.keys, now=work.now)
    new = named.only(replace(there, people=there.people - for_a_while), on=False)
    if new == Named():
        raise Refusal("already-on-list", "people", person=", ".join(named.words[:5]))
    resolved = _resolved(command, resource, new)
    return Plan(
        resolved,
        facts,
        replace(SHARE, resource=resource, people=new.keys.people, groups=new.keys.groups),
        lambda doing, _: _share(doing, resource, new, for_a_while),
        new=resource.name,
    )


def _check_can_be_listed(work: Work, named: Named) -> None:
    for one in named.people:
        if one.status != "active":
            raise Refusal("not-a-member", "people", person=one.name or one.email)
    rules = work.facts.catalogue.rules
    if named.emails and not (rules.share_by_email or rules.notify_only_addresses):
        raise Refusal("not-by-email", "emails", email=", ".join(named.emails[:5]))


async def _share(work: Work, resource: ResourceRecord, new: Named, for_a_while: frozenset[str]) -> ResourceChanged:
    """For good: access that would have ended by itself gives way to that."""
    source, by = ("request", work.request) if work.request else ("person" if work.me else "operator", work.by)
    entries = _entries(work, "resource.shared", resource, new)
    if new.people:
        ids = [one.id for one in new.people]
        if for_a_while:
            await resources.take_people(work.tx, resource, list(for_a_while), entry=entries[0])
        await resources.put_people(work.tx, resource, ids, source=source, by=by, entry=entries[0])
    rows = [NewShare(GROUP, one.id) for one in new.groups] + [NewShare(EMAIL, folded(e), e) for e in new.emails]
    if rows:
        await resources.put_shares(work.tx, resource, rows, entry=entries[-1])
    _tell(work, resource, new.people, "shared")
    return changed("shared", resource, new.words)


def _entries(work: Work, action: str, resource: ResourceRecord, who: Named) -> list[AuditEntry]:
    """One for each member, about them, and one for groups and addresses, about the resource."""
    about = {"kind": resource.kind, "outside": resource.outside, "name": resource.name, "resource": resource.id}
    entries = [work.entry(action, one.id, **about) for one in who.people]
    if who.groups or who.emails:
        groups = [one.name for one in who.groups]
        entries.append(entry_of(work, action, resource, groups=groups or None, emails=list(who.emails) or None))
    for entry in entries:
        work.tx.note(entry)
    return entries


def _tell(work: Work, resource: ResourceRecord, several: Sequence[MemberRecord], about: About) -> None:
    for one in several:
        if one.status == "active":
            work.post(Told(to=one.id, about=about, by=work.approver or work.by, resource=resource.id))


# Taking off the list --------------------------------------------------------------------------------------------------


async def plan_unshare(command: Unshare, work: Work) -> Plan:
    resource, facts = await _sharable(work, command.resource)
    named = await _named(command, work)
    there, _ = await resources.on_list(work.tx.connection, resource, named.keys, now=work.now)
    gone = named.only(there, on=True)
    if gone == Named():
        raise Refusal("not-on-list", "people", person=", ".join(named.words[:5]))
    resolved = _resolved(command, resource, gone)
    return Plan(
        resolved,
        facts,
        replace(SHARE, resource=resource),
        lambda doing, _: _unshare(doing, resource, gone),
        old=resource.name,
    )


async def _unshare(work: Work, resource: ResourceRecord, gone: Named) -> ResourceChanged:
    entries = _entries(work, "resource.unshared", resource, gone)
    if gone.people:
        await resources.take_people(work.tx, resource, [one.id for one in gone.people], entry=entries[0])
    whats = [*(one.id for one in gone.groups), *(folded(email) for email in gone.emails)]
    if whats:
        await resources.take_shares(work.tx, resource, whats, entry=entries[-1])
    _tell(work, resource, gone.people, "unshared")
    return changed("unshared", resource, gone.words)


# Telling everybody on it ----------------------------------------------------------------------------------------------


async def notify(command: Notify, work: Work) -> Result:
    """All who are on the list, whatever their role (002-26); who has neither Slack nor mail here is named."""
    resource, facts = await _sharable(work, command.resource)
    text = checked_text(command.text)
    some = 0 if work.house.mail else SOME
    counted = await recipients.counted(work.tx.connection, work.organization, resource.id, now=work.now, some=some)
    missed = 0 if work.house.mail else counted.only_by_mail
    work = work.with_facts(facts)
    work.tx.note(entry_of(work, "resource.notified", resource, told=counted.everybody - missed, missed=missed))
    if counted.everybody:
        work.post(
            Timer(Spread(work.organization, "resource-news", resource.id, resource.name, work.now, work.by, text))
        )
    said = changed("notified", resource, counted.some_by_mail if missed else ())
    return replace(said, told=counted.everybody - missed, missed=missed)


def checked_text(typed: str) -> str:
    """Raises Refusal on ``text``."""
    kept = "".join(char for char in typed if char.isprintable() or char in "\n\t").strip()
    if not 1 <= len(kept) <= LONGEST_TEXT:
        raise Refusal("text-wrong", "text", most=str(LONGEST_TEXT))
    return kept
