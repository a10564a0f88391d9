"""The closed sets of words that every catalogue is written in.

Other software and people rely on them (`VOCABULARY.md`), so a catalogue may add permissions and change none.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Scope = Literal["organization", "space"]

Change = Literal[
    "list",
    "export",
    "invite",
    "import",
    "edit",
    "groups",
    "change-role",
    "permissions",
    "remove",
    "deactivate",
    "reactivate",
    "delete",
    "delete-data",
    "reset-password",
    "reset-2fa",
    "settings",
    "enforce-2fa-off",
    "create-organization",
    "close",
    "transfer",
    "audit",
    "request-access",
    "create-space",
    "rename-space",
    "delete-space",
    "add-resource",
    "remove-resource",
    "share",
]

Condition = Literal[
    "result manages members",  # the role that the change leaves somebody with (for an import: any of its rows)
    "target manages members",  # by what the person holds before the change, also in spaces and below a temporary role
    "raises",  # the new role stands above the old one; somebody without a role is always raised
    "lowers",  # the new role stands below the old one, or below what the old one covers for a while
    "gives more than held",  # the giver lacks something that the role or the add-on opens
    "own request",  # a person asks for themselves
    "changes the catalogue",  # another catalogue is to say what everybody may do
]

Reach = Literal[
    "everything",  # every resource and every space, also those made later
    "all-spaces",  # every space, also those made later
    "own",  # what the member made or registered
    "invited",  # the spaces they were invited to, and what was shared with them
    "listed",  # only the resources whose list (ACL) names them or one of their groups
]

Feature = Literal["digest", "dataset-rules", "enforce-2fa"]

NOBODY = "nobody"  # stands where a permission could: the change cannot be made in this catalogue

MANAGING = frozenset({"members:invite", "members:role", "members:deactivate", "members:reset", "members:permissions"})

ORGANIZATION_PERMISSIONS = (
    "members:list",
    "members:invite",
    "members:edit",
    "members:role",
    "members:remove",
    "members:deactivate",
    "members:delete",
    "members:delete-data",
    "members:reset",
    "members:permissions",
    "organization:manage",
    "organization:close",
    "organization:transfer",
    "organization:create",
    "organization:delete",
    "spaces:create",
    "spaces:delete",
    "audit:read",
    "resources:see-all",
    "resources:create",
)

SPACE_PERMISSIONS = (
    "space:read",
    "space:rename",
    "space:delete",
    "space:access",
    "resources:add",
    "resources:manage",
    "reports:export",
    "scans:run",
    "updates:run",
)

# What a change needs when a catalogue says nothing else. `request-access` is missing on purpose: everybody may ask.
NEEDS: Mapping[Change, str] = MappingProxyType(
    {
        "list": "members:list",
        "export": "members:list",
        "invite": "members:invite",
        "import": "members:invite",
        "edit": "members:edit",
        "groups": "members:edit",
        "change-role": "members:role",
        "permissions": "members:permissions",
        "remove": "members:remove",
        "deactivate": "members:deactivate",
        "reactivate": "members:deactivate",
        "delete": "members:delete",
        "delete-data": "members:delete-data",
        "reset-password": "members:reset",
        "reset-2fa": "members:reset",
        "settings": "organization:manage",
        "enforce-2fa-off": "organization:manage",
        "create-organization": "organization:create",
        "close": "organization:close",
        "transfer": "organization:transfer",
        "audit": "audit:read",
        "create-space": "spaces:create",
        "delete-space": "spaces:delete",
        "add-resource": "resources:create",
        "remove-resource": "resources:create",
        "share": "resources:create",
    },
)

SPACE_NEEDS: Mapping[Change, str] = MappingProxyType(
    {
        "list": "space:access",
        "invite": "space:access",
        "change-role": "space:access",
        "permissions": "space:access",
        "remove": "space:access",
        "rename-space": "space:rename",
        "delete-space": "space:delete",
        "add-resource": "resources:add",
        "remove-resource": "resources:manage",
        "share": "resources:manage",
    },
)

CHANGES: tuple[Change, ...] = get_args(Change)
CONDITIONS: tuple[Condition, ...] = get_args(Condition)

# A condition that can never hold for a change would silently protect nothing, so a catalogue may not write it there.
HOLDS_FOR: Mapping[Condition, frozenset[Change]] = MappingProxyType(
    {
        "result manages members": frozenset({"invite", "import", "change-role", "reactivate", "request-access"}),
        "target manages members": frozenset(
            {
                "edit",
                "groups",
                "change-role",
                "permissions",
                "remove",
                "deactivate",
                "reactivate",
                "delete",
                "delete-data",
                "reset-password",
                "reset-2fa",
            },
        ),
        "raises": frozenset({"change-role", "request-access"}),
        "lowers": frozenset({"change-role"}),
        "gives more than held": frozenset({"invite", "import", "change-role", "permissions", "share"}),
        "own request": frozenset({"request-access", "delete", "delete-data", "groups"}),
        "changes the catalogue": frozenset({"settings"}),
    },
)
