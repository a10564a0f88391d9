"""The first schema.

The head of an audit chain follows its records by a trigger, so that no record can be written without moving it.
On PostgreSQL a row put into the outbox also wakes every process that listens.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("id", name=op.f("uq_audit_id")),
    )
    op.create_index("ix_audit_target", "audit", ["chain", "target", "seq"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"], unique=False)

    op.create_table(
        "guesses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.Column("guesses_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guesses")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("approvals_channel", sa.Text(), nullable=True),
        sa.Column("invitation_days", sa.Integer(), nullable=True),
        sa.Column("enforce_factor", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_organizations_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organizations_slug")),
    )
    op.create_index("ix_organizations_workspace_id", "organizations", ["workspace_id"], unique=False)

    op.create_table(
        "catalogues",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_catalogues_organization_id")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_catalogues_organization_id_name")),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_groups_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("organization_id", "name_folded", name=op.f("uq_groups_organization_id_name_folded")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_members_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("organization_id", "email_folded", name=op.f("uq_members_organization_id_email_folded")),
    )
    op.create_index("ix_members_name", "members", ["organization_id", "name_folded"], unique=False)
    op.create_index("ix_members_status", "members", ["organization_id", "status"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_outbox_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "due_at"], unique=False)
    op.create_index("ix_outbox_target", "outbox", ["target", "id"], unique=False)

    op.create_table(
        "slack_accounts",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("slack_user", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("bot", sa.Boolean(), nullable=False),
        sa.Column("stranger", sa.Boolean(), nullable=False),
        sa.Column("workspace_admin", sa.Boolean(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_slack_accounts_organization_id")
        ),
        sa.PrimaryKeyConstraint("team", "slack_user", name=op.f("pk_slack_accounts")),
    )
    op.create_index("ix_slack_accounts_workspace", "slack_accounts", ["workspace_id", "email"], unique=False)

    op.create_table(
        "credentials",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("factor_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_delivery", sa.Text(), nullable=True),
        sa.Column("guesses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("guesses_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_credentials_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_credentials")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("space_id", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_grants_member_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_grants_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index("ix_grants_member", "grants", ["member_id", "ended_at"], unique=False)
    op.create_index("ix_grants_what", "grants", ["organization_id", "kind", "space_id", "what"], unique=False)
    op.create_index(
        "uq_grants_lasting_role",
        "grants",
        ["member_id", "kind", "space_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'role' AND ends_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("kind = 'role' AND ends_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "uq_grants_temporary_role",
        "grants",
        ["member_id", "kind", "space_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'role' AND ends_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("kind = 'role' AND ends_at IS NOT NULL AND ended_at IS NULL"),
    )

    op.create_table(
        "invitations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("space_id", sa.Text(), server_default="", nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["members.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_invitations_member_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_invitations_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_invitations_link_hash")),
    )
    op.create_index(
        "ix_invitations_list", "invitations", ["organization_id", "state", "created_at", "id"], unique=False
    )
    op.create_index(
        "uq_invitations_pending",
        "invitations",
        ["member_id", "space_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.create_table(
        "links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_links_member_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_links_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_links_link_hash")),
    )
    op.create_index("ix_links_member_id", "links", ["member_id"], unique=False)

    op.create_table(
        "proofs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("slack_user", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_proofs_member_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_proofs_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    op.create_index("ix_proofs_account", "proofs", ["organization_id", "team", "slack_user"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_recovery_codes_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("member_id", "hash", name=op.f("uq_recovery_codes_member_id_hash")),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("requester_id", sa.Text(), nullable=False),
        sa.Column("beneficiary_id", sa.Text(), nullable=True),
        sa.Column("target_id", sa.Text(), nullable=True),
        sa.Column("space_id", sa.Text(), server_default="", nullable=False),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approvals", sa.Integer(), nullable=False),
        sa.Column("code", sa.Boolean(), nullable=False),
        sa.Column("lone", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("command_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["members.id"], name=op.f("fk_requests_beneficiary_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_requests_decided_by")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_requests_organization_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["members.id"], name=op.f("fk_requests_requester_id")),
        sa.ForeignKeyConstraint(["target_id"], ["members.id"], name=op.f("fk_requests_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index("ix_requests_requester_id", "requests", ["requester_id", "state"], unique=False)
    op.create_index("ix_requests_state", "requests", ["organization_id", "state", "created_at"], unique=False)
    op.create_index("ix_requests_target_id", "requests", ["target_id", "state"], unique=False)

    op.create_table(
        "resources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outside_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("space_id", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_resources_organization_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["members.id"], name=op.f("fk_resources_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint(
            "organization_id", "kind", "outside_id", name=op.f("uq_resources_organization_id_kind_outside_id")
        ),
    )
    op.create_index("ix_resources_name", "resources", ["organization_id", "kind", "name_folded"], unique=False)

    op.create_table(
        "spaces",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("approvals_channel", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["members.id"], name=op.f("fk_spaces_created_by")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_spaces_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces")),
        sa.UniqueConstraint("organization_id", "name_folded", name=op.f("uq_spaces_organization_id_name_folded")),
        sa.UniqueConstraint("organization_id", "slug", name=op.f("uq_spaces_organization_id_slug")),
    )
    op.create_table(
        "ties",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("slack_user", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_ties_member_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_ties_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "team", "slack_user", name=op.f("pk_ties")),
        sa.UniqueConstraint("member_id", name=op.f("uq_ties_member_id")),
    )
    op.create_table(
        "cards",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_cards_request_id")),
        sa.PrimaryKeyConstraint("channel", "ts", name=op.f("pk_cards")),
    )
    op.create_index("ix_cards_request_id", "cards", ["request_id"], unique=False)

    op.create_table(
        "votes",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_votes_member_id")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_votes_request_id")),
        sa.PrimaryKeyConstraint("request_id", "member_id", name=op.f("pk_votes")),
    )
    _make_the_head_follow()


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")


_SQLITE = """
CREATE TRIGGER audit_moves_the_head AFTER INSERT ON audit BEGIN
    UPDATE organizations SET seq = NEW.seq, head = NEW.hash WHERE id = NEW.chain;
    UPDATE instance SET seq = NEW.seq, head = NEW.hash WHERE id = NEW.chain;
END
"""

_POSTGRES = (
    """
CREATE FUNCTION audit_moves_the_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE organizations SET seq = NEW.seq, head = NEW.hash WHERE id = NEW.chain;
    UPDATE instance SET seq = NEW.seq, head = NEW.hash WHERE id = NEW.chain;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER audit_moves_the_head AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_moves_the_head()",
    """
CREATE FUNCTION outbox_wakes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('usher_outbox', '');
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER outbox_wakes AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_wakes()",
)


def _make_the_head_follow() -> None:
    op.execute("INSERT INTO instance (id, seq, head) VALUES ('instance', 0, '')")
    for statement in _POSTGRES if op.get_bind().dialect.name == "postgresql" else (_SQLITE,):
        op.execute(statement)
