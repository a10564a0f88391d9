"""The directory: imports, mailings, deleted members, what Slack tells, and searching among many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from storage.migrations import ExtensionMissing, directory_in_postgres, directory_in_sqlite

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "organizations", sa.Column("follow_slack", sa.Boolean(), server_default=sa.text("(true)"), nullable=False)
    )
    op.add_column("invitations", sa.Column("offered", sa.Integer(), server_default="0", nullable=False))
    newest = ["organization_id", "space_id", "state", "created_at", "id", "expires_at"]
    op.create_index("ix_invitations_space", "invitations", newest, unique=False)
    op.create_index("ix_requests_beneficiary_id", "requests", ["beneficiary_id", "state"], unique=False)
    op.create_index(
        "ix_outbox_dead",
        "outbox",
        ["organization_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.add_column("members", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("credentials", sa.Column("drift", sa.Integer(), nullable=True))
    op.add_column(
        "credentials", sa.Column("must_change", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
    )
    op.create_table(
        "mailings",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_mailings_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_mailings")),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("ignored", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("guessed", sa.Text(), server_default="", nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dealt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("invited", sa.Integer(), server_default="0", nullable=False),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_imports_organization_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_imports_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    for name, table, column, which in (
        ("ix_grants_ends", "grants", "ends_at", "ends_at IS NOT NULL AND ended_at IS NULL"),
        ("ix_invitations_expires", "invitations", "expires_at", "state = 'pending'"),
    ):
        where = sa.text(which)
        op.create_index(name, table, ["organization_id", column], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_imports_organization_id", "imports", ["organization_id", "created_at"], unique=False)
    op.create_table(
        "import_lines",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_lines_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_lines")),
    )
    op.create_index("ix_import_lines_email", "import_lines", ["email_folded"], unique=False)
    _find_slack_accounts_by_folded_address()
    op.add_column("deliveries", sa.Column("organization_id", sa.Text(), nullable=True))
    _make_the_directory()


def _find_slack_accounts_by_folded_address() -> None:
    """Databases do not agree on letter case beyond ASCII, so the few addresses that go beyond it are folded here."""
    postgres = op.get_bind().dialect.name == "postgresql"
    op.add_column("slack_accounts", sa.Column("email_folded", sa.Text(), nullable=True))
    lower = 'lower(email COLLATE "C")' if postgres else "lower(email)"
    op.execute(f"UPDATE slack_accounts SET email_folded = {lower} WHERE email IS NOT NULL")  # noqa: S608 - made here
    odd = "email ~ '[^!-~]'" if postgres else "email GLOB '*[^!-~]*'"
    found = op.get_bind().execute(sa.text(f"SELECT team, slack_user, email FROM slack_accounts WHERE {odd}"))  # noqa: S608
    for row in found.all():
        folded = " ".join(row.email.split()).casefold()
        one = sa.text("UPDATE slack_accounts SET email_folded = :folded WHERE team = :team AND slack_user = :user")
        op.get_bind().execute(one, {"folded": folded, "team": row.team, "user": row.slack_user})
    op.drop_index("ix_slack_accounts_workspace", "slack_accounts")
    op.create_index("ix_slack_accounts_workspace", "slack_accounts", ["workspace_id", "email_folded"], unique=False)
    op.create_index("ix_ties_account", "ties", ["team", "slack_user"], unique=False)


def _make_the_directory() -> None:
    """Triggers keep it from now on. A later migration that makes ``members``, ``credentials``, ``grants``,
    ``invitations`` or ``directory`` itself anew on SQLite has to make theirs anew too."""
    postgres = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "directory",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(collation="C" if postgres else None), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("factor", sa.Boolean(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_directory_organization_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_directory")),
        sa.UniqueConstraint("member_id", name=op.f("uq_directory_member_id")),
    )
    op.create_table(
        "placed",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(collation="C" if postgres else None), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("factor", sa.Boolean(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("there", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_placed_organization_id")),
        sa.PrimaryKeyConstraint("place", "member_id", name=op.f("pk_placed")),
    )
    op.create_table(
        "tallies",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_tallies_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "kind", "what", name=op.f("pk_tallies")),
    )
    # The role that is promised to somebody is looked up for each who is invited.
    op.create_index("ix_invitations_member", "invitations", ["member_id", "space_id", "state"], unique=False)
    if postgres:
        _get_trigrams()
    for statement in directory_in_postgres.STATEMENTS if postgres else directory_in_sqlite.STATEMENTS:
        op.execute(statement)
    standing = ["organization_id", "place", "called", "member_id", "status", "factor", "role", "there"]
    op.create_index("ix_placed_called", "placed", standing, unique=False)
    op.create_index("ix_placed_member", "placed", ["member_id"], unique=False)
    for name, columns in (
        ("ix_directory_called", ["organization_id", "called", "member_id", "status", "factor", "role"]),
        ("ix_directory_status", ["organization_id", "status", "called", "member_id", "factor", "role"]),
        ("ix_directory_role", ["organization_id", "role", "status", "factor", "called", "member_id"]),
        ("ix_directory_factor", ["organization_id", "factor", "called", "member_id", "status", "role"]),
    ):
        op.create_index(name, "directory", columns, unique=False)
    promised = ["organization_id", "space_id", "role", "state", "member_id"]
    op.create_index("ix_invitations_role", "invitations", promised, unique=False)
    op.drop_index("ix_grants_what", "grants")
    op.create_index(
        "ix_grants_what",
        "grants",
        ["organization_id", "kind", "space_id", "what", "ended_at", "member_id", "ends_at"],
        unique=False,
    )
    if postgres:
        _count_what_was_filled()


def _count_what_was_filled() -> None:
    """Of a table that is empty PostgreSQL would believe so for good, and read it from end to end."""
    for table in ("directory", "placed"):
        if op.get_bind().execute(sa.select(sa.literal(1)).select_from(sa.table(table)).limit(1)).first():
            op.execute(f"ANALYZE {table}")


def _get_trigrams() -> None:
    """Whoever owns the database may make this extension since PostgreSQL 13, unless the server does not bring it."""
    try:
        op.execute(directory_in_postgres.EXTENSION)
    except DBAPIError as error:
        raise ExtensionMissing from error


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
