"""What must hold after every crash, whatever was going on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.playground import Call, World
from bot.playground.mailbox import Mail
from tests.crashes import replay
from tests.crashes.ledger import Entry, Ledger, Posted
from tests.crashes.people import Act

RECOVERY_CODES = 10


def sound(ledger: Ledger, *, now: datetime, top: str) -> None:
    """The audit, the tables, the answers and the outbox tell the same story."""
    assert not ledger.broken, "the audit chain is broken"
    _audit_and_tables_agree(ledger, top)
    _every_change_has_its_record(ledger)
    _every_answer_has_its_change(ledger)
    _every_change_has_its_notices(ledger)
    _requests_end_once(ledger)
    _people_are_whole(ledger)
    holders = [one for one in ledger.members if ledger.members[one]["status"] == "active" and _holds(ledger, one, top)]
    assert [one for one in holders if ledger.role(one, now=now) == top], "nobody holds the highest role (23)"


def _audit_and_tables_agree(ledger: Ledger, top: str) -> None:
    history = replay.told(ledger, top=top)
    people, requests = replay.held(ledger)
    assert not history.twice, history.twice
    assert not (wrong := _differences(history.people, people)), f"people: {wrong}"
    assert not (wrong := _differences(history.requests, requests)), f"requests: {wrong}"


def _differences(said: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    """What the audit says, and what the tables hold instead."""
    return [f"{one}: {said.get(one)} / {found.get(one)}" for one in {*said, *found} if said.get(one) != found.get(one)]


def _every_change_has_its_record(ledger: Ledger) -> None:
    """Counted (40): what the tables got, and what the audit says they got."""
    said = Counter(entry.action for entry in ledger.entries)
    here = [one for one in ledger.entries if one.action == "role.changed" and not one.space]
    of_active = sum(not _was_invited(ledger, one) for one in here)
    roles = sum(grant["space_id"] == "" for grant in ledger.grants)
    assert roles == said["organization.set-up"] + said["invitation.accepted"] + of_active
    assert len(ledger.invitations) == said["member.invited"]
    assert _states(ledger.invitations.values())["accepted"] == said["invitation.accepted"]
    assert len(ledger.requests) == said["request.made"]
    assert len(ledger.votes) <= said["request.approved"]


def _was_invited(ledger: Ledger, entry: Entry) -> bool:
    accepted = [one for one in ledger.entries if one.target == entry.target and one.action == "invitation.accepted"]
    invited = [one for one in ledger.entries if one.target == entry.target and one.action == "member.invited"]
    before = [one.seq for one in accepted if one.seq < entry.seq]
    return bool([one for one in invited if one.seq < entry.seq]) and not before


def _every_answer_has_its_change(ledger: Ledger) -> None:
    """Both were written in one transaction, and so at one time. What only waits for a code again changes nothing."""
    acted = {entry.at for entry in ledger.entries}
    for key, row in ledger.deliveries.items():
        outcome = json.loads(row["outcome"])
        if outcome["outcome"] == "done" and outcome["result"]["kind"] != "noted":
            assert row["at"] in acted, f"{key} was answered, and nothing was done: {outcome}"
        if outcome["outcome"] == "waiting":
            assert outcome["request"] in ledger.requests, f"{key} waits for nothing"
    answered = {row["at"] for row in ledger.deliveries.values()}
    for entry in ledger.entries:
        # Answers are forgotten after two days.
        of_late = bool(answered) and entry.at >= min(answered)
        by_person = entry.details.get("via") in {"slack", "link", "request"}
        assert entry.at in answered or not (of_late and by_person), f"{entry} was done without an answer"


def _every_change_has_its_notices(ledger: Ledger) -> None:
    posted: dict[datetime, Counter[str]] = {}
    for row in ledger.journal:
        posted.setdefault(row.at, Counter())[row.kind] += 1
    due: dict[datetime, Counter[str]] = {}
    for entry in ledger.entries:
        due.setdefault(entry.at, Counter()).update(_notices(ledger, entry))
    for at, kinds in due.items():
        missing = kinds - posted.get(at, Counter())
        assert not missing, f"{[one for one in ledger.entries if one.at == at]} left no {dict(missing)}"


_INVITATION = ("invitation-mail", "invitation-offer", "timer")
_NOTICES: Mapping[str, tuple[str, ...]] = {
    "member.invited": _INVITATION,
    "invitation.accepted": ("told",),
    "member.reactivated": ("told",),
    "role.ended": ("told",),
    "credentials.set": ("told",),
    **dict.fromkeys(replay.ENDS, ("card-update",)),
}


def _notices(ledger: Ledger, entry: Entry) -> Iterable[str]:
    """What must be in the outbox with a change; more may be."""
    match entry.action:
        case "role.changed" if _was_invited(ledger, entry):
            return _INVITATION
        case "role.changed":
            asked_for_it = entry.request and ledger.requests[entry.request]["requester_id"] == entry.target
            return (*(() if asked_for_it else ("told",)), *(("timer",) if "ends" in entry.details else ()))
        case "request.made":
            return ("timer",) if entry.details.get("lone") else ("timer", "card-post")
        case "member.deactivated":
            return ("told",) if entry.details["old"] == "active" else ()
        case _:
            return _NOTICES.get(entry.action, ())


def _requests_end_once(ledger: Ledger) -> None:
    """29, 30: executed means that the change has run, once, and nothing else means that."""
    ran = Counter(
        entry.request
        for entry in ledger.entries
        if entry.request and entry.action in {"role.changed", "member.deactivated", "member.reactivated"}
    )
    ran.update({one.request for one in ledger.entries if one.request and one.action == "member.invited"})
    for request, row in ledger.requests.items():
        assert ran[request] == (row["state"] == "approved"), f"{row['state']} request ran {ran[request]} times"


def _people_are_whole(ledger: Ledger) -> None:
    """8: nobody is half a member."""
    for one, row in ledger.members.items():
        held = ledger.credentials.get(one)
        if row["status"] == "invited":
            assert held is None, "has credentials without being a member"
            assert one not in ledger.recovery_codes
            assert _states(i for i in ledger.invitations.values() if i["member_id"] == one)["accepted"] == 0
        elif held and held["factor_sealed"]:
            assert held["password_hash"]
            assert ledger.recovery_codes.get(one) == RECOVERY_CODES
    for entry in ledger.entries:
        if entry.action == "invitation.accepted" and entry.details["how"] == "web":
            assert ledger.credentials[entry.target]["password_hash"]
            assert bool(ledger.credentials[entry.target]["factor_sealed"]) == entry.details["factor"]


def _holds(ledger: Ledger, member: str, role: str) -> bool:
    """For good."""
    return any(
        grant["member_id"] == member and grant["what"] == role and grant["ends_at"] is None and not grant["ended_at"]
        for grant in ledger.grants
        if grant["space_id"] == ""
    )


def _states(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    return Counter(row["state"] for row in rows)


# Answers --------------------------------------------------------------------------------------------------------------


def nothing_answered_is_lost(ledger: Ledger, acts: Sequence[Act]) -> None:
    for act in acts:
        if act.taken:
            outcome = ledger.outcome(act.key)
            assert outcome, f"{act} was answered, and is lost"
            assert act.said.lower().startswith(outcome["outcome"]), f"{act} was answered otherwise: {outcome}"


# Notices --------------------------------------------------------------------------------------------------------------


def everything_is_sent(ledger: Ledger) -> None:
    late = [row for row in ledger.outbox if row["kind"] != "timer"]
    assert not late, f"not delivered: {[(row['kind'], row['state'], row['error']) for row in late]}"


def each_arrived(ledger: Ledger, *, world: World, calls: Sequence[Call], mails: Sequence[Mail]) -> None:
    """Once for sure, and never more often than it was tried: twice only where a crash met it on its way."""
    copies = Counter(mail.message_id.partition("@")[0].removeprefix("<") for mail in mails)
    on_slack: list[Posted] = []
    for row in ledger.journal:
        count = copies.pop(sha256(row.key.encode()).hexdigest()[:40], 0)
        assert count <= row.attempts, f"{row} arrived {count} times"
        if not count:
            on_slack.append(row)
    assert not copies, "mails that nothing caused"
    unsent = [row for row in on_slack if row.kind == "invitation-mail" and _least(ledger, row)]
    assert not unsent, f"never mailed: {unsent}"
    _messages_arrived(ledger, world, calls, on_slack)
    _cards_are_true(ledger, world)


def _least(ledger: Ledger, row: Posted) -> int:
    """An invitation that was renewed or taken back before it left need not be sent."""
    if row.kind not in {"invitation-mail", "invitation-offer"}:
        return 1
    invitation = ledger.invitations[row.notice["invitation"]]
    return int(invitation["state"] == "pending" and invitation["version"] == row.notice["version"])


def _messages_arrived(ledger: Ledger, world: World, calls: Sequence[Call], rows: Sequence[Posted]) -> None:
    sent = Counter(call.args["channel"] for call in calls if call.method == "chat.postMessage" and call.answer["ok"])
    least: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for row in rows:
        if channel := _channel(ledger, world, row):
            least[channel] += _least(ledger, row)
            most[channel] += row.attempts
    for channel in {*most, *(one for one in sent if one.startswith(("D", "C")))}:
        assert least[channel] <= sent[channel] <= most[channel], (
            f"{channel}: {sent[channel]} messages for {least[channel]} to {most[channel]} notices"
        )


def _channel(ledger: Ledger, world: World, row: Posted) -> str | None:
    match row.kind:
        case "card-post":
            return "C0APPROVALS"
        case "told":
            user = next((one for one, tie in ledger.ties.items() if tie["member_id"] == row.notice["to"]), None)
            assert user, f"told by nothing: {row}"
            return world.im_with(user).id
        case "invitation-offer":
            email = ledger.members[ledger.invitations[row.notice["invitation"]]["member_id"]]["email"]
            found = world.user_by_email(email)
            return world.im_with(found.id).id if found else None
        case _:
            return None


def _cards_are_true(ledger: Ledger, world: World) -> None:
    """Every card that was recorded shows whether its request still waits."""
    for place, request in ledger.cards.items():
        message = world.message(*place)
        assert message, "a card is recorded where none stands"
        waits = ledger.requests[request]["state"] == "pending"
        assert bool(message.button("approve")) == waits, f"the card of {ledger.requests[request]} says {message.words}"
    posted = {json.dumps(row.notice["request"]) for row in ledger.journal if row.kind == "card-post"}
    assert posted == {json.dumps(request) for request in ledger.cards.values()}
