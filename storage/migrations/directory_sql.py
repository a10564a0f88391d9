"""What the table ``directory`` and its companions are made of, the same on both databases (migration 0004).

Parts of SQL: ``{0}`` stands for the row that they are of, with its dot where the part says none.
"""
# ruff: noqa: S608 - SQL that is made of parts written here

CALLED = "CASE WHEN {0}name_folded = '' THEN {0}email_folded ELSE {0}name_folded END"
WORDS = "'  ' || replace({0}name_folded, ' ', '  ') || '  ' || {0}email_folded"
FACTOR = "EXISTS (SELECT 1 FROM credentials WHERE member_id = {0}id AND factor_at IS NOT NULL)"
COLUMNS = "organization_id, member_id, called, words, status, factor, role"
LASTING = "{0}kind = 'role' AND {0}space_id = '' AND {0}ended_at IS NULL AND {0}ends_at IS NULL"
ACTIVE = "EXISTS (SELECT 1 FROM directory WHERE member_id = {0}member_id AND status = 'active')"
SHOWN = "{0}listed IS TRUE AND {0}deleted_at IS NULL"

# What tells where somebody stands, and which role they bear in the organization: the table, what may change there, the
# place that it is about, and on which condition it is one of these.
IN_PLACES = (
    (
        "grants",
        "what, ends_at, ended_at",
        "(CASE {0}.kind WHEN 'group' THEN {0}.what ELSE {0}.space_id END)",
        "({0}.kind = 'role' AND {0}.space_id <> '' OR {0}.kind = 'group' AND {0}.space_id = '')",
    ),
    ("invitations", "role, state", "{0}.space_id", "{0}.space_id <> ''"),
)
IN_THE_ORGANIZATION = (
    ("grants", "what, ends_at, ended_at", "{0}.space_id = '' AND {0}.kind = 'role'"),
    ("invitations", "role, state", "{0}.space_id = ''"),
)

MOVING = ("name_folded", "email_folded", "status", "listed", "deleted_at")


def told_by(changes: str) -> tuple[tuple[str, str, str], ...]:
    """The triggers of one table: a part of their name, when they act, and by which row."""
    return ("insert", "INSERT", "NEW"), ("update", f"UPDATE OF {changes}", "NEW"), ("delete", "DELETE", "OLD")


# Of ``{0}``: a member's id, and of ``{1}``: their status.
ROLE = """CASE
        WHEN {1} = 'invited' THEN coalesce((
            SELECT role FROM invitations
            WHERE member_id = {0} AND space_id = '' AND state IN ('pending', 'expired')
            ORDER BY created_at DESC, id LIMIT 1), '')
        WHEN EXISTS (
            SELECT 1 FROM grants WHERE member_id = {0} AND kind = 'role' AND space_id = ''
            AND ended_at IS NULL AND ends_at IS NOT NULL) THEN '*'
        ELSE coalesce((
            SELECT what FROM grants WHERE member_id = {0} AND kind = 'role' AND space_id = ''
            AND ended_at IS NULL AND ends_at IS NULL), '')
    END"""

# The member that ``{0}`` says bears another role now.
BEARS = f"""
    UPDATE directory SET role = {ROLE.format("directory.member_id", "directory.status")}
    WHERE member_id = {{0}} AND role <> {ROLE.format("directory.member_id", "directory.status")};"""

# Of ``{0}``: what the members and the places are narrowed to. Each grant or promise is a row of its own here. Grants
# are written so that only the index by their member comes in: PostgreSQL keeps the plan that it made when there were
# few, and through any other it would read all there are.
PLACED = """
    INSERT INTO placed (organization_id, place, member_id, called, words, status, factor, role, there)
    SELECT d.organization_id, p.place, d.member_id, d.called, d.words, d.status, d.factor, d.role,
        CASE WHEN count(*) = 1 AND max(p.for_now) = 0 THEN max(p.what) ELSE '*' END
    FROM (
        SELECT member_id, what || '' AS place, '' AS what, CASE WHEN ends_at IS NULL THEN 0 ELSE 1 END AS for_now,
            NULL AS promised
        FROM grants WHERE kind || '' = 'group' AND space_id || '' = '' AND ended_at IS NULL
        UNION ALL
        SELECT member_id, space_id || '', what, CASE WHEN ends_at IS NULL THEN 0 ELSE 1 END, false
        FROM grants WHERE kind || '' = 'role' AND space_id || '' <> '' AND ended_at IS NULL
        UNION ALL
        SELECT member_id, space_id, role, 0, true
        FROM invitations WHERE space_id <> '' AND state IN ('pending', 'expired')
    ) AS p JOIN directory AS d
    ON d.member_id = p.member_id AND (d.status = 'invited') = coalesce(p.promised, d.status = 'invited')
    WHERE {0}
    GROUP BY d.number, p.place"""
