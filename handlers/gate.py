"""The one way to change anything.

``perform`` is: answer a repeated delivery as before, foresee (refuse before a code is spent), spend the code, take the
organization's row, load who acts and on whom, judge, and then run, keep for approval, or refuse. One command is one
transaction; a refusal undoes it and is remembered in a transaction of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from handlers import policy
from handlers.commands import (
    OUTCOMES,
    AcceptInSlack,
    AcceptOnWeb,
    Actor,
    AddResource,
    Approve,
    AskAgain,
    Cancel,
    ChangeProfile,
    ChangeRole,
    ChangeSettings,
    CloseOrganization,
    Command,
    Connect,
    CopyLink,
    CreateGroup,
    CreateOrganization,
    CreateSpace,
    CreateToken,
    CreateWebhook,
    Deactivate,
    DeleteData,
    DeleteGroup,
    DeleteMember,
    DeleteSpace,
    DeleteWebhook,
    Deny,
    Done,
    DropImport,
    EditMember,
    EndGrant,
    Erase,
    ExpireInvitation,
    ExpireRequest,
    Export,
    FinishReset,
    FinishSetup,
    FollowSlack,
    GiveBack,
    Import,
    ImportStep,
    Invite,
    JoinGroup,
    LeaveGroup,
    NoteAccount,
    Notify,
    OpenSetup,
    Outcome,
    PrepareImport,
    PurgeOrganization,
    Reactivate,
    Refusal,
    Refused,
    RemoveFromSpace,
    RemoveMember,
    RemoveResource,
    RenameGroup,
    RenameSpace,
    RequestAccess,
    Resend,
    ResendSeveral,
    ResetFactor,
    ResetPassword,
    ResetPermissions,
    Reveal,
    Revoke,
    RevokeSeveral,
    RevokeToken,
    SendAgain,
    SetPermissions,
    SetUp,
    Share,
    Spread,
    StartConnecting,
    TransferOrganization,
    Unshare,
    UseOrganization,
)
from handlers.facts import Facts
from handlers.flows import (
    accepting,
    asking,
    closing,
    credentials,
    dead_letters,
    deleting,
    editing,
    ending,
    erasing,
    exporting,
    following,
    groups,
    importing,
    invitations,
    leaving,
    lifecycle,
    many_invitations,
    organizations,
    people,
    permissions,
    requests,
    resets,
    resources,
    roles,
    settings,
    sharing,
    slack_accounts,
    software,
    spaces,
    spreading,
    transferring,
)
from handlers.flows.work import Plan, Work
from handlers.parts import House
from handlers.proof import FORM_GUESSES, count_try
from handlers.scope import OfARow, Scope, Scopes
from storage import accounts, members
from storage import outbox as answers
from storage import requests as request_rows
from storage.accounts import Standing
from storage.chain import NoSuchOrganization
from storage.records import AuditEntry, OrganizationRecord
from storage.store import Busy, Repeated, Store
from storage.transaction import Transaction

DEADLINE = 2.3  # seconds for a whole command; Slack waits three

log = structlog.get_logger(__name__)

# A change is planned, judged, and then run or kept. A decision settles a kept change. A flow just does what it says.
PLANS: Mapping[type, Callable[[Any, Work], Awaitable[Plan]]] = {
    Invite: invitations.plan_invite,
    ChangeRole: roles.plan_change,
    RequestAccess: asking.plan_request,
    Deactivate: lifecycle.plan_deactivate,
    Reactivate: lifecycle.plan_reactivate,
    CreateSpace: spaces.plan_create,
    RenameSpace: spaces.plan_rename,
    DeleteSpace: spaces.plan_delete,
    RemoveFromSpace: spaces.plan_remove,
    CreateGroup: groups.plan_create,
    RenameGroup: groups.plan_rename,
    DeleteGroup: groups.plan_delete,
    JoinGroup: groups.plan_join,
    LeaveGroup: groups.plan_leave,
    AddResource: resources.plan_add,
    RemoveResource: resources.plan_remove,
    Share: sharing.plan_share,
    Unshare: sharing.plan_unshare,
    SetPermissions: permissions.plan_set,
    ResetPermissions: permissions.plan_reset,
    CreateOrganization: organizations.plan_create,
    CloseOrganization: closing.plan_close,
    TransferOrganization: transferring.plan_transfer,
    ChangeSettings: settings.plan_settings,
    EditMember: editing.plan_edit,
    RemoveMember: leaving.plan_remove,
    DeleteMember: deleting.plan_delete,
    DeleteData: leaving.plan_delete_data,
    ResetPassword: resets.plan_password,
    ResetFactor: resets.plan_factor,
    Import: importing.plan_import,
}
DECISIONS: Mapping[type, Callable[[Any, Work, requests.Planner], Awaitable[Outcome]]] = {
    Approve: requests.approve,
    Deny: requests.deny,
    Cancel: requests.cancel,
}
FLOWS: Mapping[type, Callable[[Any, Work], Awaitable[Any]]] = {
    Resend: invitations.resend,
    Revoke: invitations.revoke,
    CopyLink: invitations.copy_link,
    AskAgain: invitations.ask_again,
    ExpireInvitation: invitations.expire,
    AcceptOnWeb: accepting.on_web,
    AcceptInSlack: accepting.in_slack,
    StartConnecting: credentials.start_connecting,
    Connect: credentials.connect,
    OpenSetup: credentials.open_setup,
    FinishSetup: credentials.finish_setup,
    ExpireRequest: requests.expire,
    EndGrant: ending.end_grant,
    GiveBack: ending.give_back,
    Spread: spreading.spread,
    Notify: sharing.notify,
    UseOrganization: organizations.use,
    CreateToken: software.create_token,
    RevokeToken: software.revoke_token,
    CreateWebhook: software.create_webhook,
    DeleteWebhook: software.delete_webhook,
    ChangeProfile: editing.change_profile,
    FinishReset: resets.finish_reset,
    Reveal: resets.reveal,
    ResendSeveral: many_invitations.resend,
    RevokeSeveral: many_invitations.revoke,
    Export: exporting.export,
    PrepareImport: importing.prepare,
    DropImport: importing.drop,
    ImportStep: importing.step,
    SendAgain: dead_letters.send_again,
    FollowSlack: following.follow,
    Erase: erasing.go_on,
}


# What nobody may say but Usher itself: the clock's acts, and what Slack reports.
SYSTEM_ONLY = (
    NoteAccount,
    ExpireInvitation,
    ExpireRequest,
    EndGrant,
    Spread,
    PurgeOrganization,
    ImportStep,
    FollowSlack,
    Erase,
)

# What opens the house to other software is given at the command line alone.
OPERATOR_ONLY = (CreateToken, RevokeToken, CreateWebhook, DeleteWebhook)

# All that other software may change by its token; no catalogue and no role widens it.
TOKENS_MAY = (AddResource, RemoveResource, Notify)


async def planned(command: Command, work: Work) -> Plan:
    """What a kept command comes to today. Raises Refusal."""
    return await PLANS[type(command)](command, work)


@dataclass(frozen=True, slots=True)
class _Try:
    """One attempt at one command."""

    command: Command
    by: Actor
    deadline: float
    proven: str | None = None


class Gate:
    """``clock`` is the only time there is."""

    def __init__(self, store: Store, house: House, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._scopes = Scopes(store)

    async def perform(self, command: Command, *, by: Actor) -> Outcome:
        """Do it, keep it for approval, or refuse it. Never raises for anything a person did."""
        attempt = _Try(command, by, asyncio.get_running_loop().time() + DEADLINE)
        try:
            return await self._perform(attempt)
        except Refusal as refusal:
            # A second delivery of what was done already finds the world changed; it gets the first one's answer.
            if earlier := await self._earlier(by):
                return earlier
            await self._remember(refusal, attempt)
            return Refused(refusal.code, refusal.field, refusal.facts)
        except Repeated:
            return await self._earlier(by) or Refused("busy")
        except Busy:
            return Refused("busy")

    async def _perform(self, attempt: _Try) -> Outcome:
        _check_door(attempt)
        if (attempt.by.code or isinstance(attempt.command, Connect)) and (earlier := await self._earlier(attempt.by)):
            return earlier
        scope = await self._scopes.of(attempt.command, attempt.by, now=self._clock())
        if attempt.by.code:
            attempt = await self._prove(attempt, scope)
        elif isinstance(attempt.command, Connect):
            attempt = await self._prove_connection(attempt, scope)
        once = attempt.by.delivery
        try:
            async with self._store.transaction(
                scope.organization, at=self._clock(), deadline=attempt.deadline, once=once
            ) as tx:
                outcome = await self._act(attempt, tx, scope)
                if once:  # also where a refusal came with a change: what it was about has ended
                    tx.answered(OUTCOMES.dump_json(outcome).decode())
        except NoSuchOrganization:
            # What belonged to a closed one is not there any more, like what never was (invariant 27).
            raise Refusal("request-gone" if isinstance(attempt.command, OfARow) else "no-organization") from None
        return outcome

    async def _earlier(self, by: Actor) -> Outcome | None:
        """The answer that this very delivery got before."""
        if by.delivery is None:
            return None
        async with self._store.reading() as connection:
            stored = await answers.answer_to(connection, by.delivery)
        return OUTCOMES.validate_json(stored) if stored is not None else None

    # Proof ------------------------------------------------------------------------------------------------------------

    async def _prove(self, attempt: _Try, scope: Scope) -> _Try:
        """Spend the typed code, after everything that would be refused anyway has been refused."""
        member = await self._foresee(attempt, scope)
        if member is None:
            return attempt
        by = attempt.by
        if by.delivery:
            await self._count_form(by.delivery, attempt.deadline)
        assert by.code is not None  # noqa: S101 - the caller looked
        await self._house.codes.spend(member, by.code, delivery=by.delivery, deadline=attempt.deadline)
        return replace(attempt, proven=member)

    async def _foresee(self, attempt: _Try, scope: Scope) -> str | None:
        """Read-only: would this be refused anyway? Whose code it is; None: no code is needed, or it will be void."""
        if not isinstance(attempt.command, Approve) or scope.organization is None:
            return None
        async with self._store.reading() as connection:
            tx = Transaction(connection, at=self._clock())
            organization = await self._scopes.organization(connection, scope.organization, closed="request-gone")
            work = await self._work(attempt, tx, organization)
            policy.acts(work.facts)
            request = await requests.waiting_request(work, attempt.command.request)
            if not request.code or request.expires <= tx.now or work.me is None:
                return None
            found = await requests.stored_plan(work, request, planned)
            if isinstance(found, requests.Void):
                return None
            me = await requests.check_decider(work, request, *found)
            if me.id in (await request_rows.votes_of(connection, [request.id])).get(request.id, ()):
                raise Refusal("already-voted")
            if not me.has_factor:
                raise Refusal("no-factor", "code")
            return me.id

    async def _count_form(self, delivery: str, deadline: float) -> None:
        """Five wrong codes close a form; a new one is a new click."""
        key = f"form/{delivery}"
        try:
            await count_try(self._store, key, at=self._clock(), limit=FORM_GUESSES, deadline=deadline)
        except Refusal:
            raise Refusal("form-closed", "code") from None

    async def _prove_connection(self, attempt: _Try, scope: Scope) -> _Try:
        """A wrong code here counts against the Slack account, and never locks the member (PRODUCT.md)."""
        command, by = attempt.command, attempt.by
        assert isinstance(command, Connect)  # noqa: S101 - the caller looked
        if by.account is None or scope.organization is None:
            return attempt
        key = f"connect/{by.account.team}/{by.account.user}"
        await count_try(self._store, key, at=self._clock(), limit=10, deadline=attempt.deadline)
        if not credentials.looks_like_authenticator(command.code):
            return attempt
        member = await self._scopes.vouched_member(scope.organization, by.account, command.email, now=self._clock())
        if member is None:
            raise Refusal("code-wrong", "code")
        await self._house.codes.spend_uncounted(member, command.code, delivery=by.delivery, deadline=attempt.deadline)
        return replace(attempt, proven=member)

    # Acting -----------------------------------------------------------------------------------------------------------

    async def _act(self, attempt: _Try, tx: Transaction, scope: Scope) -> Outcome:
        command = attempt.command
        match command:
            case PurgeOrganization():
                return Done(await closing.erase(command, tx))
            case NoteAccount():
                return Done(await slack_accounts.note(command, tx))
            case SetUp():
                return await self._set_up(command, attempt, tx, scope)
            case _:
                assert tx.organization is not None  # noqa: S101 - taken with the row
                standing = await self._standing_now(tx, scope)
                work = await self._work(attempt, tx, tx.organization, standing=standing)
                return await self._decide(command, work)

    async def _standing_now(self, tx: Transaction, scope: Scope) -> Standing | None:
        """Read again in the transaction that acts (invariant 26): Slack may have spoken since the scope was found."""
        if scope.standing is None:
            return None
        key = scope.standing.account
        return await accounts.standing(tx.connection, key.team, key.user, now=tx.now)

    async def _set_up(self, command: SetUp, attempt: _Try, tx: Transaction, scope: Scope) -> Outcome:
        standing = await self._standing_now(tx, scope)
        if standing is None:
            raise Refusal("unknown-account")
        nowhere = OrganizationRecord("", "", "", "", "", "", None, None, enforce_factor=False, seq=0, head="")
        facts = Facts(tx.now, attempt.by, nowhere, self._house.catalogues.default)
        return Done(await organizations.set_up(command, tx, facts, self._house, standing.account))

    async def _work(
        self, attempt: _Try, tx: Transaction, organization: OrganizationRecord, *, standing: Standing | None = None
    ) -> Work:
        """Who acts and everybody the command names, in one statement."""
        wanted = people.wanted_by(attempt.command, attempt.by)
        loaded = await members.load(tx.connection, organization.id, wanted, now=tx.now)
        facts = Facts(
            now=tx.now,
            actor=attempt.by,
            organization=organization,
            catalogue=self._house.catalogues.named(organization.catalogue),
            me=people.acting(loaded, attempt.by),
        )
        return Work(tx, facts, self._house, tuple(loaded), standing, attempt.proven)

    async def _decide(self, command: Command, work: Work) -> Outcome:
        if plan_for := PLANS.get(type(command)):
            return await self._change(await plan_for(command, work), work)
        if settle := DECISIONS.get(type(command)):
            policy.acts(work.facts)
            return await settle(command, work, planned)
        return Done(await FLOWS[type(command)](command, work))

    async def _change(self, plan: Plan, work: Work) -> Outcome:
        verdict = policy.judge(plan.case, plan.facts)
        work = work.with_facts(plan.facts)  # the audit says where, too
        if work.facts.actor.via in _WAIT_FOR_NOBODY or not (verdict.approvals or verdict.code):
            return Done(await plan.run(work, plan))
        return await requests.park(work, plan, verdict)

    # Remembering ------------------------------------------------------------------------------------------------------

    async def _remember(self, refusal: Refusal, attempt: _Try) -> None:
        """A refused attempt is audited in its own short transaction; failing at that must not change the answer."""
        if refusal.code in _NOT_REMEMBERED:
            return
        try:
            scope = await self._scopes.of(attempt.command, attempt.by, now=self._clock())
            if scope.organization is None:
                return
            async with self._store.transaction(scope.organization, at=self._clock(), deadline=attempt.deadline) as tx:
                tx.note(await self._refused_entry(refusal, attempt, tx))
        except (Refusal, Busy, NoSuchOrganization):
            log.warning("refusal-not-remembered", command=attempt.command.kind, code=refusal.code)

    async def _refused_entry(self, refusal: Refusal, attempt: _Try, tx: Transaction) -> AuditEntry:
        assert tx.organization is not None  # noqa: S101 - taken with the row
        work = await self._work(attempt, tx, tx.organization)
        target = next((one.id for one in work.loaded if work.me is None or one.id != work.me.id), "")
        entry = work.entry(f"{attempt.command.kind}.refused", target, code=refusal.code)
        request = getattr(attempt.command, "request", "")
        return replace(entry, refused=True, request=request if isinstance(request, str) else "")


_WAIT_FOR_NOBODY = ("operator", "token")


def _check_door(attempt: _Try) -> None:
    """Some commands belong to one door, and one door has few. Raises Refusal."""
    command, via = attempt.command, attempt.by.via
    if isinstance(command, SYSTEM_ONLY) and via != "system":
        raise Refusal("may-not")
    if isinstance(command, OPERATOR_ONLY) and via not in ("operator", "system"):
        raise Refusal("may-not")
    if via == "token" and not isinstance(command, TOKENS_MAY):
        raise Refusal("may-not")


# Mistakes in what was typed are no attempts at anything; everything else that was refused is remembered.
_NOT_REMEMBERED = frozenset(
    {
        "unknown-account",
        "no-organization",
        "unknown-person",
        "ambiguous-person",
        "unknown-role",
        "unknown-space",
        "unknown-group",
        "unknown-organization",
        "already-current",
        "name-repeated-wrongly",
        "organization-named-so",
        "days-wrong",
        "channel-wrong",
        "unknown-kind",
        "unknown-resource",
        "ambiguous-resource",
        "group-exists",
        "already-in-group",
        "not-in-group",
        "already-on-list",
        "not-on-list",
        "not-by-email",
        "nobody-named",
        "id-wrong",
        "text-wrong",
        "unknown-catalogue",
        "unknown-plan",
        "unknown-addon",
        "unknown-toggle",
        "unknown-dataset",
        "too-many-datasets",
        "nothing-changes",
        "space-exists",
        "no-spaces",
        "not-in-space",
        "no-addresses",
        "too-many-addresses",
        "too-many-invitations",
        "nobody-invited",
        "unknown-token",
        "token-exists",
        "unknown-webhook",
        "webhook-exists",
        "url-wrong",
        "name-for-many",
        "name-wrong",
        "reason-needed",
        "reason-too-long",
        "time-past",
        "time-too-far",
        "same-role",
        "same-status",
        "holds-already",
        "already-asked",
        "already-connected",
        "already-set-up",
        "not-connected",
        "code-needed",
        "code-malformed",
        "stale-form",
        "no-mail",
        "factor-needed",
        "unknown-timezone",
        "heir-wrong",
        "only-owner",
        "nothing-owned",
        "no-factor-set",
        "nothing-to-reset",
        "export-by-slack",
        "import-gone",
        "import-empty",
        "import-too-long",
        "letter-gone",
    }
)
