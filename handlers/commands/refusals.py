"""Every reason not to do what was asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RefusalCode = Literal[
    "busy",
    "unknown-account",  # Slack's word on this account is missing or too old: the door asks Slack and tries again
    "not-for-guests",  # Slack guests, bots, strangers, deleted accounts and other teams never act in Slack
    "not-connected",
    "already-connected",
    "no-organization",
    "already-set-up",
    "organization-exists",
    "not-workspace-admin",
    "not-active",
    "may-not",
    "may-not-give",
    "may-not-act-on",
    "not-on-oneself",
    "unknown-person",
    "ambiguous-person",
    "unknown-role",
    "unknown-space",
    "unknown-group",
    "unknown-kind",
    "unknown-resource",
    "ambiguous-resource",
    "unknown-addon",
    "unknown-toggle",
    "unknown-grant",
    "unknown-organization",
    "unknown-token",
    "unknown-webhook",
    "no-spaces",
    "space-exists",
    "group-exists",
    "nobody-named",
    "already-in-group",
    "not-in-group",
    "already-on-list",
    "not-on-list",
    "not-by-email",
    "id-wrong",
    "text-wrong",
    "url-wrong",
    "addon-not-here",
    "toggle-not-for-role",
    "not-on-plan",
    "rules-not-for-role",
    "unknown-dataset",
    "too-many-datasets",
    "datasets-not-in-mode",
    "override-not-here",
    "override-twice",
    "nothing-changes",
    "not-in-space",
    "nothing-held",
    "not-temporary",
    "keeps-role",
    "not-longer",
    "already-current",
    "role-without-counterpart",
    "name-repeated-wrongly",
    "organization-named-so",
    "nobody-at-the-head",
    "one-head-only",
    "days-wrong",
    "channel-wrong",
    "token-exists",
    "webhook-exists",
    "unknown-catalogue",
    "unknown-plan",
    "not-offered",
    "no-addresses",
    "too-many-addresses",
    "too-many-invitations",
    "nobody-invited",
    "name-for-many",
    "name-wrong",
    "reason-needed",
    "reason-too-long",
    "time-past",
    "time-too-far",
    "same-role",
    "same-status",
    "not-a-member",
    "never-accepted",
    "last-holder",
    "exactly-one",
    "at-most-viewer",
    "temporary-top",
    "invitation-gone",
    "invitations-gone",
    "link-dead",
    "address-not-vouched",
    "request-gone",
    "request-ended",
    "request-void",
    "own-request",
    "already-voted",
    "already-asked",
    "holds-already",
    "not-the-card",
    "no-mail",
    "nobody-approves",
    "no-factor",
    "code-needed",
    "code-wrong",
    "code-spent",
    "code-malformed",
    "codes-locked",
    "form-closed",
    "password-too-short",
    "password-too-long",
    "password-common",
    "password-weak",
    "password-wrong",
    "factor-needed",
    "stale-form",
    "unknown-timezone",
    "only-owner",  # of a space: an heir is needed first
    "heir-wrong",
    "heir-not-given",
    "factor-not-shown",
    "nothing-owned",
    "not-reachable",  # neither mail nor Slack leads to this member
    "no-factor-set",
    "nothing-to-reset",  # invited, or deactivated
    "approved-other-reset",  # a password and a second factor of one person are reset by two approvers
    "export-by-slack",  # the file goes to direct messages, so only somebody in Slack can ask for it
    "import-gone",
    "import-empty",
    "import-too-long",
    "import-others",  # somebody else prepared it
    "letter-gone",
]


@dataclass(frozen=True, slots=True)
class Refused:
    """``field`` is the command's field that was wrong; ``facts`` are the words the sentence needs."""

    code: RefusalCode
    field: str | None = None
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    outcome: Literal["refused"] = "refused"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Raised inside the gate; becomes ``Refused``, and the work of the transaction is undone."""

    def __init__(self, code: RefusalCode, /, field: str | None = None, **facts: str) -> None:
        super().__init__(code)
        self.code: RefusalCode = code
        self.field = field
        self.facts = facts
