"""What every flow works with: the transaction, the facts, and the few things that outlive a command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.catalogue import Catalogue, Role
from handlers.commands import Actor, Command, Refusal, Result
from handlers.facts import Case, Facts
from handlers.notices import (
    NOTICES,
    CardPost,
    CardUpdate,
    CodeMail,
    ImportNews,
    InvitationMail,
    InvitationOffer,
    MembersFile,
    Notice,
    ResetLetter,
    ResourceNews,
    Timer,
    Told,
    WebhookEvent,
)
from handlers.parts import House
from storage.accounts import Standing
from storage.records import AuditEntry, MemberRecord, OutboxRecord, new_id
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Work:
    """One command being done.

    ``loaded`` is everybody it names, ``standing`` what is known of a Slack account that is not a member yet, ``proven``
    the member whose one-time code was spent for this act; ``request`` is set when an approved request runs.
    """

    tx: Transaction
    facts: Facts
    house: House
    loaded: tuple[MemberRecord, ...] = ()
    standing: Standing | None = None
    proven: str | None = None
    request: str = ""
    approver: str = ""
    alone: bool = False

    @property
    def now(self) -> datetime:
        return self.tx.now

    @property
    def organization(self) -> str:
        return self.facts.organization.id

    @property
    def me(self) -> MemberRecord | None:
        return self.facts.me

    @property
    def by(self) -> str | None:
        """The acting member's id."""
        return self.facts.me.id if self.facts.me else None

    def entry(self, action: str, target: str = "", **details: object) -> AuditEntry:
        """The audit entry of this act: who, on whom, where, from where, under which request.

        ``target`` is a member's id, or the sort and id of something else: ``token:ID``.
        """
        said = {key: value for key, value in details.items() if value not in (None, "", ())}
        said["via"] = self.facts.actor.via
        if self.approver:
            said["approver"] = self.approver
        if self.alone:
            said["alone"] = True
        return AuditEntry(
            action=action,
            actor=self.facts.doer,
            target=f"member:{target}" if target and ":" not in target else target,
            scope=f"space:{self.facts.place}" if self.facts.place else "",
            request=self.request,
            details=said,
        )

    def post(self, notice: Notice, *, due: datetime | None = None) -> None:
        self.tx.post(self.row(notice, due=due))

    def row(self, notice: Notice, *, due: datetime | None = None) -> OutboxRecord:
        return row_of(notice, organization=self.organization, due=due or self.now)

    def invitation_life(self) -> timedelta:
        days = self.facts.organization.invitation_days
        return timedelta(days=days) if days else self.facts.catalogue.rules.invitation_life

    def with_facts(self, facts: Facts) -> Work:
        return replace(self, facts=facts)


def row_of(notice: Notice, *, organization: str, due: datetime) -> OutboxRecord:
    """What a notice becomes in the outbox."""
    return OutboxRecord(
        kind=notice.kind,
        target=_target(notice),
        notice=NOTICES.dump_json(notice).decode(),
        key=new_id(),
        due=due,
        organization=organization,
    )


def _target(notice: Notice) -> str:  # noqa: C901, PLR0911 - one for each kind of notice
    """What must leave in order: what one person, one mailbox or one card gets."""
    match notice:
        case Told(to=one):
            return f"member:{one}"
        case ResourceNews(to=member, share=share):
            return f"member:{member}" if member else f"share:{share}"
        case InvitationMail(invitation=one) | InvitationOffer(invitation=one):
            return f"{notice.kind}:{one}"
        case CardPost(request=one) | CardUpdate(request=one):
            return f"request:{one}"
        case CodeMail(proof=one):
            return f"proof:{one}"
        case WebhookEvent(webhook=one):
            return f"webhook:{one}"
        case ResetLetter(link=one):
            return f"link:{one}"
        case MembersFile(to=one):
            return f"member:{one}"
        case ImportNews(prepared=one):
            return f"import:{one}"
        case Timer():
            return "timer"


@dataclass(frozen=True, slots=True)
class Plan:
    """A change that was understood: what it comes to, and how to run it.

    ``old`` and ``new`` are what is shown to approvers and compared when it runs (invariant 33).
    """

    command: Command
    facts: Facts
    case: Case
    run: Callable[[Work, Plan], Awaitable[Result]]
    old: str | None = None
    new: str | None = None
    beneficiary: str | None = None
    reason: str = ""


REASON = 500


def checked_reason(reason: str, *, needed: bool) -> str:
    """Raises Refusal on ``reason``."""
    kept = "".join(char for char in reason if char.isprintable() or char in "\n\t").strip()
    if needed and not kept:
        raise Refusal("reason-needed", "reason")
    if len(kept) > REASON:
        raise Refusal("reason-too-long", "reason", most=str(REASON))
    return kept


LONGEST_GRANT = timedelta(days=365)


def ending(now: datetime, lasts: timedelta | None, until: datetime | None) -> datetime | None:
    """When a role given now ends. Raises Refusal on ``until``/``lasts``."""
    ends = now + lasts if lasts is not None else until
    if ends is None:
        return None
    where = "lasts" if lasts is not None else "until"
    if ends <= now:
        raise Refusal("time-past", where)
    if ends > now + LONGEST_GRANT:
        raise Refusal("time-too-far", where, most="365d")
    return ends


def known_role(catalogue: Catalogue, typed: str, *, in_space: bool) -> Role:
    """Raises Refusal on ``role``."""
    role = catalogue.role(typed, scope="space" if in_space else "organization")
    if role is None:
        known = catalogue.space if in_space else catalogue.organization
        raise Refusal("unknown-role", "role", role=typed, known=", ".join(one.title for one in known.values()))
    return role


def actor_through_request(by: Actor) -> Actor:
    """The requester, when somebody else's approval runs what they asked for."""
    return replace(by, via="request", code=None, delivery=None, link=None)


def link_token(work: Work) -> str:
    """The token in the hands of whoever acts by a link."""
    return work.facts.actor.link or ""
