"""Everything that may be asked of Usher, and every way it answers.

A command is an order in the words of ``PRODUCT.md``. It names people, spaces and roles as they were typed; the gate
finds what they mean inside the transaction that acts, and writes the found ids back before a command is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from handlers.commands.directory import (
    ChangeProfile,
    DeleteData,
    DeleteMember,
    DropImport,
    EditMember,
    Erase,
    Export,
    FactorFilter,
    Filters,
    FinishReset,
    FollowSlack,
    Import,
    ImportLine,
    ImportStep,
    PrepareImport,
    RemoveMember,
    ResendSeveral,
    ResetFactor,
    ResetPassword,
    Reveal,
    RevokeSeveral,
    SendAgain,
    StatusFilter,
)
from handlers.commands.organizations import (
    ChangeSettings,
    CloseOrganization,
    CreateOrganization,
    CreateToken,
    CreateWebhook,
    DeleteWebhook,
    PurgeOrganization,
    RevokeToken,
    TransferOrganization,
    UseOrganization,
)
from handlers.commands.people import (
    AcceptInSlack,
    AcceptOnWeb,
    Approve,
    AskAgain,
    Asked,
    Cancel,
    ChangeRole,
    Connect,
    CopyLink,
    Deactivate,
    Deny,
    EndGrant,
    ExpireInvitation,
    ExpireRequest,
    FinishSetup,
    GiveBack,
    Invite,
    NoteAccount,
    OpenSetup,
    Reactivate,
    RequestAccess,
    Resend,
    Revoke,
    SetUp,
    StartConnecting,
)
from handlers.commands.places import (
    AddResource,
    CreateGroup,
    CreateSpace,
    DeleteGroup,
    DeleteSpace,
    JoinGroup,
    LeaveGroup,
    Level,
    Mode,
    Notify,
    Override,
    RemoveFromSpace,
    RemoveResource,
    RenameGroup,
    RenameSpace,
    ResetPermissions,
    SetPermissions,
    Share,
    Spread,
    Thing,
    Unshare,
)
from handlers.commands.refusals import (
    Refusal,
    RefusalCode,
    Refused,
)
from handlers.commands.results import (
    Accepted,
    Approved,
    AskedAgain,
    CodeSent,
    Connected,
    CredentialsReset,
    CredentialsSet,
    DataDeleted,
    Departed,
    Exporting,
    GivenBack,
    GrantGiven,
    GroupChanged,
    Importing,
    ImportRead,
    InvitationChanged,
    InvitationsChanged,
    Invited,
    IsSetUp,
    LinkReady,
    MemberEdited,
    Minted,
    Noted,
    NotInvited,
    OrganizationChanged,
    PasswordRevealed,
    PermissionsChanged,
    Ran,
    Removed,
    RequestEnded,
    ResourceChanged,
    RoleChanged,
    SentAgain,
    SpaceChanged,
    StatusChanged,
    TokenMade,
    TokenRevoked,
    Verdict,
    Voted,
    WebhookDeleted,
    WebhookMade,
)
from handlers.commands.who import (
    SYSTEM,
    Account,
    Actor,
    CardPlace,
    Named,
    Person,
    Via,
)

__all__ = [
    "COMMANDS",
    "OUTCOMES",
    "SYSTEM",
    "AcceptInSlack",
    "AcceptOnWeb",
    "Accepted",
    "Account",
    "Actor",
    "AddResource",
    "Approve",
    "Approved",
    "AskAgain",
    "Asked",
    "AskedAgain",
    "Cancel",
    "CardPlace",
    "ChangeProfile",
    "ChangeRole",
    "ChangeSettings",
    "CloseOrganization",
    "CodeSent",
    "Command",
    "Connect",
    "Connected",
    "CopyLink",
    "CreateGroup",
    "CreateOrganization",
    "CreateSpace",
    "CreateToken",
    "CreateWebhook",
    "CredentialsReset",
    "CredentialsSet",
    "DataDeleted",
    "Deactivate",
    "DeleteData",
    "DeleteGroup",
    "DeleteMember",
    "DeleteSpace",
    "DeleteWebhook",
    "Deny",
    "Departed",
    "Done",
    "DropImport",
    "EditMember",
    "EndGrant",
    "Erase",
    "ExpireInvitation",
    "ExpireRequest",
    "Export",
    "Exporting",
    "FactorFilter",
    "Filters",
    "FinishReset",
    "FinishSetup",
    "FollowSlack",
    "GiveBack",
    "GivenBack",
    "GrantGiven",
    "GroupChanged",
    "Import",
    "ImportLine",
    "ImportRead",
    "ImportStep",
    "Importing",
    "InvitationChanged",
    "InvitationsChanged",
    "Invite",
    "Invited",
    "IsSetUp",
    "JoinGroup",
    "LeaveGroup",
    "Level",
    "LinkReady",
    "MemberEdited",
    "Minted",
    "Mode",
    "Named",
    "NotInvited",
    "NoteAccount",
    "Noted",
    "Notify",
    "OpenSetup",
    "OrganizationChanged",
    "Outcome",
    "Override",
    "PasswordRevealed",
    "PermissionsChanged",
    "Person",
    "PrepareImport",
    "PurgeOrganization",
    "Ran",
    "Reactivate",
    "Refusal",
    "RefusalCode",
    "Refused",
    "RemoveFromSpace",
    "RemoveMember",
    "RemoveResource",
    "Removed",
    "RenameGroup",
    "RenameSpace",
    "RequestAccess",
    "RequestEnded",
    "Resend",
    "ResendSeveral",
    "ResetFactor",
    "ResetPassword",
    "ResetPermissions",
    "ResourceChanged",
    "Result",
    "Reveal",
    "Revoke",
    "RevokeSeveral",
    "RevokeToken",
    "RoleChanged",
    "SendAgain",
    "SentAgain",
    "SetPermissions",
    "SetUp",
    "Share",
    "SpaceChanged",
    "Spread",
    "StartConnecting",
    "StatusChanged",
    "StatusFilter",
    "Thing",
    "TokenMade",
    "TokenRevoked",
    "TransferOrganization",
    "Unshare",
    "UseOrganization",
    "Verdict",
    "Via",
    "Voted",
    "Waiting",
    "WebhookDeleted",
    "WebhookMade",
]

Command = Annotated[
    SetUp
    | StartConnecting
    | Connect
    | OpenSetup
    | FinishSetup
    | Invite
    | Resend
    | Revoke
    | CopyLink
    | AcceptOnWeb
    | AcceptInSlack
    | AskAgain
    | ChangeRole
    | Deactivate
    | Reactivate
    | RequestAccess
    | GiveBack
    | Approve
    | Deny
    | Cancel
    | ExpireInvitation
    | ExpireRequest
    | EndGrant
    | CreateSpace
    | RenameSpace
    | DeleteSpace
    | RemoveFromSpace
    | CreateGroup
    | RenameGroup
    | DeleteGroup
    | JoinGroup
    | LeaveGroup
    | AddResource
    | RemoveResource
    | Share
    | Unshare
    | Notify
    | Spread
    | SetPermissions
    | ResetPermissions
    | CreateOrganization
    | UseOrganization
    | CloseOrganization
    | TransferOrganization
    | ChangeSettings
    | PurgeOrganization
    | CreateToken
    | RevokeToken
    | CreateWebhook
    | DeleteWebhook
    | NoteAccount
    | EditMember
    | ChangeProfile
    | RemoveMember
    | DeleteMember
    | DeleteData
    | ResetPassword
    | ResetFactor
    | FinishReset
    | Reveal
    | ResendSeveral
    | RevokeSeveral
    | Export
    | PrepareImport
    | Import
    | DropImport
    | ImportStep
    | SendAgain
    | FollowSlack
    | Erase,
    Field(discriminator="kind"),
]
COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)

Result = Annotated[
    IsSetUp
    | CodeSent
    | Connected
    | LinkReady
    | CredentialsSet
    | Invited
    | InvitationChanged
    | Accepted
    | AskedAgain
    | RoleChanged
    | StatusChanged
    | SpaceChanged
    | Removed
    | GroupChanged
    | ResourceChanged
    | PermissionsChanged
    | GrantGiven
    | GivenBack
    | OrganizationChanged
    | TokenMade
    | TokenRevoked
    | WebhookMade
    | WebhookDeleted
    | Voted
    | Approved
    | RequestEnded
    | Noted
    | MemberEdited
    | Departed
    | DataDeleted
    | CredentialsReset
    | PasswordRevealed
    | InvitationsChanged
    | Exporting
    | ImportRead
    | Importing
    | SentAgain,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class Done:
    result: Result
    outcome: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The change is kept as ``request``. ``on`` code: only the asker's own one-time code is missing (the lone way).
    ``apart``: the asker did or approved the other reset."""

    on: Literal["approval", "code"]
    request: str
    approvers: tuple[Named, ...] = ()
    approvals: int = 1
    code: bool = False
    apart: bool = False
    outcome: Literal["waiting"] = "waiting"


Outcome = Annotated[Done | Waiting | Refused, Field(discriminator="outcome")]
OUTCOMES: TypeAdapter[Outcome] = TypeAdapter(Outcome)
