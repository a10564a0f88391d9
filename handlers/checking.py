"""Why somebody cannot sign in, cannot see something, or got no mail: everything that is looked at, and how it stands.

Never a secret, a hash or a link; and each finding names what mends it, as far as whoever asks may do that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Literal

from handlers.able import manages
from handlers.codes import ACCEPTED
from handlers.commands import Named, Person, Refusal
from handlers.deeds import Deed
from handlers.facts import Facts, named
from handlers.finding import is_address
from handlers.member_card import MemberCards, card_of
from handlers.member_card_models import MemberCard, Pending
from handlers.models import Desk
from handlers.proof import GUESS_WINDOW, GUESSES
from storage import checking, directory, members
from storage.checking import Signals
from storage.members import Wanted
from storage.store import Connection

Mark = Literal["good", "bad", "open"]
Mend = Literal["role", "resend", "copy-link"] | Deed
FEW_CODES = 3
_NEAR = 3
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``code`` says which and how it stands; the rest is what its words need."""

    code: str
    mark: Mark
    mends: tuple[Mend, ...] = ()
    at: datetime | None = None
    number: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """``invitation``: the one that Resend and Copy invite link are about."""

    card: MemberCard
    findings: tuple[Finding, ...]
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody here is called so. ``near``: whom it may be; ``slack``: the address of the Slack account that was named;
    ``tied``: who has another address here than their Slack account, whose address was typed."""

    typed: str
    near: tuple[Named, ...] = ()
    slack: str = ""
    tied: Named | None = None
    invites: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """What the findings are made from."""

    facts: Facts
    card: MemberCard
    signals: Signals
    has_password: bool
    tied: bool
    tied_well: bool
    mail: bool

    def able(self, *mends: Mend) -> tuple[Mend, ...]:
        """Those of them that whoever asks may do."""
        return tuple(one for one in mends if self._able(one))

    def _able(self, mend: Mend) -> bool:
        match mend:
            case "role":
                return self.card.whole is not None and len(self.card.whole.gives) > 1
            case "resend" | "copy-link":
                return self.pending is not None and self.pending.manageable
            case _:
                return mend in self.card.deeds

    @property
    def pending(self) -> Pending | None:
        return next(iter(self.card.invitations), None)


class CheckQueries(MemberCards):
    async def check(self, desk: Desk, who: Person) -> Checked | Unknown:
        """Raises Refusal: whoever does not look after them, and several of that name."""
        if desk.organization is None or desk.member is None:
            raise Refusal("not-connected")
        async with self._store.reading() as connection:
            try:
                facts, about = await self._on_card(connection, desk, desk.member.id, desk.organization.id, who)
            except Refusal as refusal:
                if refusal.code != "unknown-person":
                    raise
                return await self._unknown(connection, desk, who)
            if not manages(facts):
                raise Refusal("may-not")
            target = facts.target
            assert target is not None  # noqa: S101 - found above
            signals = await checking.signals(connection, target.id, now=facts.now)
        look = _Look(
            facts=facts,
            card=card_of(facts, about),
            signals=signals,
            has_password=target.has_password,
            tied=target.slack_user is not None,
            tied_well=target.slack_user is not None and target.slack_good,
            mail=self._house.mail,
        )
        return Checked(look.card, tuple(_findings(look)), look.pending.id if look.pending else "")

    async def _unknown(self, connection: Connection, desk: Desk, who: Person) -> Unknown:
        """Only whoever manages members hears who it may have been. Raises Refusal."""
        assert desk.organization is not None  # noqa: S101 - the caller looked
        organization, catalogue = desk.organization.id, desk.catalogue
        role = catalogue.organization.get(desk.role or "")
        if not catalogue.manages_members(role) or not catalogue.allows(role, catalogue.needs.get("list", "")):
            raise Refusal("may-not")
        found = Unknown(who.typed, invites="invite" in desk.may)
        if who.slack:
            return replace(found, slack=await checking.slack_address(connection, desk.account.team, who.slack))
        if not who.email:
            return found
        tied = await checking.tied_by_address(connection, organization, who.email)
        wanted = Wanted(ids=(tied,) if tied else ())
        loaded = await members.load(connection, organization, wanted, now=self._clock())
        candidates = await directory.beginning(connection, organization, who.email[:2], status=None)
        alike = get_close_matches(who.email, [one.email for one in candidates], _NEAR, _ALIKE)
        near = tuple(Named(one.id, one.name or one.email, one.email) for one in candidates if one.email in alike)
        return replace(found, near=near[:_NEAR], tied=named(loaded[0]) if loaded else None)


# What is looked at ----------------------------------------------------------------------------------------------------


def _findings(look: _Look) -> Iterator[Finding]:
    """In the order in which somebody would look: the address, the way in, the mail, and what they reach."""
    yield Finding("address", "good")
    yield from _status(look)
    if look.card.status == "invited":
        yield from _invitation(look)
    if look.card.status == "active":
        yield from _ways_in(look)
    yield _mail(look)
    if look.card.status != "invited":
        yield _slack(look)
    yield from _reach(look)


def _status(look: _Look) -> Iterator[Finding]:
    match look.card.status:
        case "active":
            yield Finding("active", "good")
        case "invited":
            yield Finding("invited", "open")
        case "deactivated":
            yield Finding("deactivated", "bad", look.able("reactivate"))


def _invitation(look: _Look) -> Iterator[Finding]:
    pending = look.pending
    if pending is None:
        yield Finding("not-invited", "bad")
        return
    mends = look.able("resend", "copy-link")
    if pending.state == "expired":
        yield Finding("expired", "bad", mends, at=pending.expires)
    else:
        yield Finding("pending", "good", mends, at=pending.expires)
    if look.signals.renewed:
        yield Finding("renewed", "open", number=look.signals.renewed)


def _ways_in(look: _Look) -> Iterator[Finding]:
    signals, now = look.signals, look.facts.now
    since = signals.guesses_since
    locked = signals.guesses >= GUESSES and since is not None and since + GUESS_WINDOW > now
    yield Finding("locked", "bad", at=since + GUESS_WINDOW) if locked and since else Finding("not-locked", "good")
    yield _password(look)
    yield from _factor(look)


def _password(look: _Look) -> Finding:
    mends = look.able("reset-password")
    if look.signals.link:
        return Finding("password-link", "open" if look.has_password else "bad", mends, at=look.signals.link)
    if not look.has_password:
        return Finding("no-password", "open" if look.tied_well else "bad", mends)
    return Finding("must-change" if look.signals.must_change else "password", "good", mends)


def _factor(look: _Look) -> Iterator[Finding]:
    whole = look.card.whole
    if whole is None or not whole.factor:
        role = look.facts.organization_role(look.facts.target)
        needed = look.facts.organization.enforce_factor or look.facts.catalogue.manages_members(role)
        yield Finding("factor-missing" if needed else "no-factor", "bad" if needed else "open")
        return
    yield Finding("factor", "good", look.able("reset-2fa"))
    yield _clock(look.signals.drift)
    left = look.signals.recovery_codes
    yield Finding("recovery-codes", "good" if left >= FEW_CODES else "open" if left else "bad", number=left)


def _clock(drift: int | None) -> Finding:
    if drift is None:
        return Finding("clock-unknown", "open")
    if abs(drift) <= ACCEPTED:
        return Finding("clock", "good")
    return Finding("clock-ahead" if drift > 0 else "clock-behind", "bad", number=abs(drift))


def _mail(look: _Look) -> Finding:
    last = look.signals.mailing
    if not look.mail:
        return Finding("no-mail", "bad" if look.card.status == "invited" else "open")
    if last is None:
        return Finding("nothing-mailed", "open")
    return Finding(f"mail-{last.state}", _MAILED.get(last.state, "bad"), at=last.at, text=f"{last.what}\n{last.error}")


_MAILED: Mapping[str, Mark] = {"sent": "good", "later": "open"}


def _slack(look: _Look) -> Finding:
    other = look.signals.slack_email
    if not look.tied:
        return Finding("not-tied", "open")
    if not look.tied_well:
        return Finding("slack-gone", "bad")
    target = look.facts.target
    if other and target is not None and not is_address(target.email, other):
        return Finding("slack-address", "open", text=other)
    return Finding("tied", "good")


# By whether they are invited, and whether they hold or are promised a role: having none yet is no second fault.
_ROLES: Mapping[tuple[bool, bool], tuple[str, Mark]] = {
    (False, True): ("role", "good"),
    (False, False): ("no-role", "bad"),
    (True, True): ("promised-role", "good"),
    (True, False): ("no-role", "open"),
}


def _reach(look: _Look) -> Iterator[Finding]:
    whole = look.card.whole
    role = whole.role if whole else None
    code, mark = _ROLES[look.card.status == "invited", bool(role)]
    yield Finding(code, mark, look.able("role"), text=role or "")
    groups = tuple(name for name, _ in whole.groups) if whole else ()
    yield Finding(
        "groups" if groups else "no-groups", "good" if groups else "open", look.able("edit"), text="\n".join(groups)
    )
