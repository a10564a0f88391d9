"""The tables. ``migrations/`` makes them; a test compares the two.

Ids are 128 random bits as text. Times are UTC. ``space_id`` is ``''`` for the organization itself, because a unique
index takes two NULLs for different.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine.interfaces import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite makes a row id of INTEGER alone.
Serial = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _organization() -> Column[str]:
    return Column("organization_id", Text, ForeignKey("organizations.id"), nullable=False)


def _member(name: str = "member_id", *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, ForeignKey("members.id"), nullable=nullable)


instance = Table(
    "instance",
    metadata,
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    _id(),
    Column("created_at", Moment, nullable=False),
)

organizations = Table(
    "organizations",
    metadata,
    _id(),
    Column("workspace_id", Text, ForeignKey("workspaces.id"), nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("catalogue", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("approvals_channel", Text),
    Column("invitation_days", Integer),
    Column("enforce_factor", Boolean, nullable=False, server_default=text("false")),
    # Whoever is deactivated in Slack is deactivated here.
    Column("follow_slack", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
    Column("closed_at", Moment),
    # Whether any webhook wants to hear of changes: read with the row, so that nobody else pays for asking.
    Column("hooked", Boolean, nullable=False, server_default=text("false")),
    Column("seq", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
    Index("ix_organizations_workspace_id", "workspace_id"),
)

members = Table(
    "members",
    metadata,
    _id(),
    _organization(),
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("listed", Boolean, nullable=False, server_default=text("true")),
    # Raised whenever everything this person holds in hand (links, sessions) must die at once.
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("active_at", Moment),
    # Whoever was deleted keeps a row without anything personal, for what still refers to its id (X2).
    Column("deleted_at", Moment),
    UniqueConstraint("organization_id", "email_folded"),
    Index("ix_members_name", "organization_id", "name_folded"),
    Index("ix_members_status", "organization_id", "status"),
)

# Who is shown in lists (listed and not deleted), in the order of lists. The database keeps it and counts it by itself
# (migration 0004); nobody else writes it. A member has no foreign key here, for PostgreSQL would look for it before the
# row is gone.
directory = Table(
    "directory",
    metadata,
    Column("number", Serial, primary_key=True, autoincrement=True),
    _organization(),
    Column("member_id", Text, nullable=False, unique=True),
    # The folded name, or the folded address of who has none; compared by code points on both databases.
    Column("called", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    # Folded name and address with two spaces before each word: where one or two letters begin a word, three stand.
    Column("words", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("factor", Boolean, nullable=False),
    # Held for good in the organization, or promised to who is invited; '' is none. MAYBE where a temporary role lies
    # above it, or lay there until its time was over: the clock decides which.
    Column("role", Text, nullable=False),
    Index("ix_directory_called", "organization_id", "called", "member_id", "status", "factor", "role"),
    Index("ix_directory_status", "organization_id", "status", "called", "member_id", "factor", "role"),
    Index("ix_directory_factor", "organization_id", "factor", "called", "member_id", "status", "role"),
    Index("ix_directory_role", "organization_id", "role", "status", "factor", "called", "member_id"),
)

# Everybody of ``directory`` once more for each of their groups and each space where they hold a role (or, while they
# are invited, are promised one); kept likewise, so that those of a group stand in order.
placed = Table(
    "placed",
    metadata,
    _organization(),
    # The id of a group or of a space.
    Column("place", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("called", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    Column("status", Text, nullable=False),
    Column("factor", Boolean, nullable=False),
    Column("words", Text, nullable=False),
    # As in ``directory``: the one in the organization.
    Column("role", Text, nullable=False),
    # The one in the space; '' in a group. MAYBE wherever something there is for a time.
    Column("there", Text, nullable=False),
    Index("ix_placed_called", "organization_id", "place", "called", "member_id", "status", "factor", "role", "there"),
    Index("ix_placed_member", "member_id"),
)

MAYBE = "*"

# How many in the directory have each status, and how many active ones hold each role for good; kept likewise.
tallies = Table(
    "tallies",
    metadata,
    Column("organization_id", Text, ForeignKey("organizations.id"), primary_key=True),
    # status, role
    Column("kind", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("member_id", Text, ForeignKey("members.id"), primary_key=True),
    Column("password_hash", Text),
    Column("password_at", Moment),
    Column("factor_sealed", LargeBinary),
    Column("factor_at", Moment),
    Column("last_step", BigInteger, nullable=False, server_default="0"),
    # How many steps of 30 s the authenticator was ahead when it last gave a code, right or wrong; None: not known.
    Column("drift", Integer),
    # A generated password has to be changed at the next sign-in (X1).
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    # The delivery that spent ``last_step``, so that the same delivery again is the same act.
    Column("last_delivery", Text),
    Column("guesses", Integer, nullable=False, server_default="0"),
    Column("guesses_since", Moment),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    _id(),
    _member(),
    Column("hash", Text, nullable=False),
    Column("used_at", Moment),
    UniqueConstraint("member_id", "hash"),
)

slack_accounts = Table(
    "slack_accounts",
    metadata,
    Column("team", Text, primary_key=True),
    Column("slack_user", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("email_folded", Text),
    Column("timezone", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("stranger", Boolean, nullable=False),
    Column("workspace_admin", Boolean, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("organization_id", Text, ForeignKey("organizations.id")),
    Index("ix_slack_accounts_workspace", "workspace_id", "email_folded"),
)

ties = Table(
    "ties",
    metadata,
    Column("organization_id", Text, ForeignKey("organizations.id"), primary_key=True),
    Column("team", Text, primary_key=True),
    Column("slack_user", Text, primary_key=True),
    _member(),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("member_id"),
    # In whichever organizations.
    Index("ix_ties_account", "team", "slack_user"),
)

proofs = Table(
    "proofs",
    metadata,
    _id(),
    _organization(),
    _member(),
    Column("team", Text, nullable=False),
    Column("slack_user", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_proofs_account", "organization_id", "team", "slack_user"),
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    _organization(),
    _member(),
    Column("role", Text, nullable=False),
    Column("space_id", Text, nullable=False, server_default=""),
    Column("groups", JSON, nullable=False),
    Column("state", Text, nullable=False),
    _member("invited_by", nullable=True),
    Column("version", Integer, nullable=False),
    # The version that was offered in Slack last: nobody is offered the same twice.
    Column("offered", Integer, nullable=False, server_default="0"),
    Column("link_hash", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_invitations_list", "organization_id", "state", "created_at", "id"),
    Index("ix_invitations_member", "member_id", "space_id", "state"),
    Index("ix_invitations_role", "organization_id", "space_id", "role", "state", "member_id"),
    Index("ix_invitations_space", "organization_id", "space_id", "state", "created_at", "id", "expires_at"),
    Index(
        "ix_invitations_expires",
        "organization_id",
        "expires_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "uq_invitations_pending",
        "member_id",
        "space_id",
        unique=True,
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

links = Table(
    "links",
    metadata,
    _id(),
    _organization(),
    _member(),
    Column("purpose", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("link_hash", Text, nullable=False, unique=True),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_links_member_id", "member_id"),
)

# What became of the last mail to a member, for whoever asks why it did not arrive; what was sent leaves the outbox.
mailings = Table(
    "mailings",
    metadata,
    Column("member_id", Text, ForeignKey("members.id"), primary_key=True),
    # invitation, reset, code, told
    Column("what", Text, nullable=False),
    # sent, later, dead
    Column("state", Text, nullable=False),
    Column("error", Text),
    Column("at", Moment, nullable=False),
)

# A file of people that somebody wants to invite: what it says, what would become of each line, and how far it is.
imports = Table(
    "imports",
    metadata,
    _id(),
    _organization(),
    _member(),
    Column("file", Text, nullable=False),
    # reading, ready, running, done, stopped, dropped
    Column("state", Text, nullable=False),
    # Why it was stopped.
    Column("why", Text, nullable=False, server_default=""),
    Column("lines", Integer, nullable=False),
    # The columns that mean nothing here, and a name by which one sees whether the file was read rightly.
    Column("ignored", JSON, nullable=False, server_default="[]"),
    Column("guessed", Text, nullable=False, server_default=""),
    # How many are to be invited, how many of these had their turn, and how many were invited.
    Column("people", Integer, nullable=False, server_default="0"),
    Column("dealt", Integer, nullable=False, server_default="0"),
    Column("invited", Integer, nullable=False, server_default="0"),
    # The request that was approved for it.
    Column("request_id", Text, nullable=False, server_default=""),
    # Where the message stands that tells how far it is.
    Column("channel", Text),
    Column("ts", Text),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("told_at", Moment),
    Column("ended_at", Moment),
    Index("ix_imports_organization_id", "organization_id", "created_at"),
)

import_lines = Table(
    "import_lines",
    metadata,
    Column("import_id", Text, ForeignKey("imports.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("timezone", Text, nullable=False),
    # What would become of it when it was read: will-invite, already-member, already-invited, deactivated, wrong.
    Column("verdict", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    # What became of it: invited, left-out; None: not dealt with yet.
    Column("result", Text),
    Index("ix_import_lines_email", "email_folded"),
)

guesses = Table(
    "guesses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("guesses", Integer, nullable=False),
    Column("guesses_since", Moment, nullable=False),
)

spaces = Table(
    "spaces",
    metadata,
    _id(),
    _organization(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("approvals_channel", Text),
    _member("created_by", nullable=True),
    Column("created_at", Moment, nullable=False),
    # A deleted one keeps its name for what was asked and done in it; slug and folded name become its id, and are free.
    Column("deleted_at", Moment),
    UniqueConstraint("organization_id", "slug"),
    UniqueConstraint("organization_id", "name_folded"),
)

groups = Table(
    "groups",
    metadata,
    _id(),
    _organization(),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("organization_id", "name_folded"),
)

resources = Table(
    "resources",
    metadata,
    _id(),
    _organization(),
    Column("kind", Text, nullable=False),
    Column("outside_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("space_id", Text, nullable=False, server_default=""),
    _member("owner_id", nullable=True),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("organization_id", "kind", "outside_id"),
    Index("ix_resources_name", "organization_id", "kind", "name_folded"),
    Index("ix_resources_space_id", "space_id"),
    Index("ix_resources_owner_id", "owner_id"),
)

# The list (ACL) of a resource beside its members, who are on it by grants of kind "resource": groups, and addresses of
# people who need not be members.
shares = Table(
    "shares",
    metadata,
    _id(),
    _organization(),
    Column("resource_id", Text, ForeignKey("resources.id"), nullable=False),
    # group, email
    Column("kind", Text, nullable=False),
    # A group's id, or an address in small letters.
    Column("what", Text, nullable=False),
    # The address as it was typed.
    Column("name", Text, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("resource_id", "kind", "what"),
    Index("ix_shares_what", "organization_id", "kind", "what"),
)

# Access mode and default level of one member's datasets; no row: full access, read and write (004-42, 004-43).
dataset_rules = Table(
    "dataset_rules",
    metadata,
    Column("member_id", Text, ForeignKey("members.id"), primary_key=True),
    _organization(),
    # full, blacklist, whitelist
    Column("mode", Text, nullable=False),
    # read, write
    Column("level", Text, nullable=False),
)

# The datasets that a blacklist or whitelist selects (004-44), and what overrides the level there (004-45).
dataset_choices = Table(
    "dataset_choices",
    metadata,
    Column("member_id", Text, ForeignKey("members.id"), primary_key=True),
    Column("resource_id", Text, ForeignKey("resources.id"), primary_key=True),
    # default, read, write
    Column("override", Text, nullable=False),
    Index("ix_dataset_choices_resource_id", "resource_id"),
)

# Toggles that are set otherwise than the role has them (004-58 to 004-84).
toggles = Table(
    "toggles",
    metadata,
    Column("member_id", Text, ForeignKey("members.id"), primary_key=True),
    Column("toggle", Text, primary_key=True),
    Column("on", Boolean, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    _organization(),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Index("ix_tokens_organization_id", "organization_id"),
)

webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    _organization(),
    Column("url", Text, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Index("ix_webhooks_organization_id", "organization_id"),
)

catalogues = Table(
    "catalogues",
    metadata,
    _organization(),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    UniqueConstraint("organization_id", "name"),
)

grants = Table(
    "grants",
    metadata,
    _id(),
    _organization(),
    _member(),
    Column("kind", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("space_id", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False),
    Column("source_id", Text),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment),
    Column("ended_at", Moment),
    Index("ix_grants_member", "member_id", "ended_at"),
    Index(
        "ix_grants_what",
        "organization_id",
        "kind",
        "space_id",
        "what",
        "ended_at",
        "member_id",
        "ends_at",
    ),
    # What ends soon.
    Index(
        "ix_grants_ends",
        "organization_id",
        "ends_at",
        sqlite_where=text("ends_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=text("ends_at IS NOT NULL AND ended_at IS NULL"),
    ),
    # One lasting role per member and scope; a temporary one lies above it.
    Index(
        "uq_grants_lasting_role",
        "member_id",
        "kind",
        "space_id",
        unique=True,
        sqlite_where=text("kind = 'role' AND ends_at IS NULL AND ended_at IS NULL"),
        postgresql_where=text("kind = 'role' AND ends_at IS NULL AND ended_at IS NULL"),
    ),
    Index(
        "uq_grants_temporary_role",
        "member_id",
        "kind",
        "space_id",
        unique=True,
        sqlite_where=text("kind = 'role' AND ends_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=text("kind = 'role' AND ends_at IS NOT NULL AND ended_at IS NULL"),
    ),
)

requests = Table(
    "requests",
    metadata,
    _id(),
    _organization(),
    Column("change", Text, nullable=False),
    _member("requester_id"),
    _member("beneficiary_id", nullable=True),
    _member("target_id", nullable=True),
    Column("space_id", Text, nullable=False, server_default=""),
    Column("old_value", Text),
    Column("new_value", Text),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("approvals", Integer, nullable=False),
    Column("code", Boolean, nullable=False),
    Column("lone", Boolean, nullable=False),
    Column("channel", Text),
    Column("command", Text, nullable=False),
    Column("command_version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_at", Moment),
    _member("decided_by", nullable=True),
    Column("why", Text, nullable=False, server_default=""),
    Index("ix_requests_state", "organization_id", "state", "created_at"),
    Index("ix_requests_requester_id", "requester_id", "state"),
    Index("ix_requests_target_id", "target_id", "state"),
    Index("ix_requests_beneficiary_id", "beneficiary_id", "state"),
)

votes = Table(
    "votes",
    metadata,
    Column("request_id", Text, ForeignKey("requests.id"), primary_key=True),
    Column("member_id", Text, ForeignKey("members.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("request_id", Text, ForeignKey("requests.id"), nullable=False),
    Index("ix_cards_request_id", "request_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    # Names, addresses and reasons: committed to above, erased when a member is deleted.
    Column("salt", LargeBinary),
    Column("details", Text),
    Index("ix_audit_target", "chain", "target", "seq"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    # None: of no one organization.
    Column("organization_id", Text),
    Column("outcome", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_deliveries_at", "at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("organization_id", Text, ForeignKey("organizations.id")),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", Moment),
    Column("error", Text),
    # waiting, dead; what was sent is deleted.
    Column("state", Text, nullable=False),
    Index("ix_outbox_due", "state", "due_at"),
    Index("ix_outbox_target", "target", "id"),
    # What could not be delivered.
    Index(
        "ix_outbox_dead",
        "organization_id",
        "id",
        sqlite_where=text("state = 'dead'"),
        postgresql_where=text("state = 'dead'"),
    ),
)
