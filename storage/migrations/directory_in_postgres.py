"""What keeps the table ``directory``, its index of words and the tallies on PostgreSQL (migration 0004)."""
# ruff: noqa: S608 - SQL that is made of parts written here

_CALLED = "CASE WHEN {0}name_folded = '' THEN {0}email_folded ELSE {0}name_folded END"
_WORDS = "'  ' || replace({0}name_folded, ' ', '  ') || '  ' || {0}email_folded"
_FACTOR = "EXISTS (SELECT 1 FROM credentials WHERE member_id = {0}id AND factor_at IS NOT NULL)"
_COLUMNS = "organization_id, member_id, called, words, status, factor, role"
# Of ``{0}``: a member's id, and of ``{1}``: their status.
_ROLE = """CASE
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
_LASTING = "{0}kind = 'role' AND {0}space_id = '' AND {0}ended_at IS NULL AND {0}ends_at IS NULL"
_LASTING_OF = f"{{0}} FROM grants WHERE member_id = {{1}}.member_id AND {_LASTING.format('')}"
_ACTIVE = "EXISTS (SELECT 1 FROM directory WHERE member_id = {0}.member_id AND status = 'active')"
_MORE = (
    "INSERT INTO tallies AS t (organization_id, kind, what, count) {0}"
    " ON CONFLICT (organization_id, kind, what) DO UPDATE SET count = t.count + 1"
)
_FEWER = (
    "UPDATE tallies SET count = count - 1 WHERE organization_id = {0}.organization_id AND kind = '{1}' AND what = {2}"
)
_IN_A_PLACE = "({0}.kind = 'role' AND {0}.space_id <> '' OR {0}.kind = 'group' AND {0}.space_id = '')"
_PLACE = "(CASE {0}.kind WHEN 'group' THEN {0}.what ELSE {0}.space_id END)"
# Of ``{0}``: what the members and the places are narrowed to. Each grant or promise is a row of its own here.
_PLACED = """
    INSERT INTO placed (organization_id, place, member_id, called, words, status, factor, role, there)
    SELECT d.organization_id, p.place, d.member_id, d.called, d.words, d.status, d.factor, d.role,
        CASE WHEN count(*) = 1 AND NOT bool_or(p.for_now) THEN max(p.what) ELSE '*' END
    FROM (
        SELECT member_id, what AS place, '' AS what, ends_at IS NOT NULL AS for_now, NULL AS promised
        FROM grants WHERE kind = 'group' AND space_id = '' AND ended_at IS NULL
        UNION ALL
        SELECT member_id, space_id, what, ends_at IS NOT NULL, false
        FROM grants WHERE kind = 'role' AND space_id <> '' AND ended_at IS NULL
        UNION ALL
        SELECT member_id, space_id, role, false, true
        FROM invitations WHERE space_id <> '' AND state IN ('pending', 'expired')
    ) AS p JOIN directory AS d
    ON d.member_id = p.member_id AND (d.status = 'invited') = coalesce(p.promised, d.status = 'invited')
    WHERE {0}
    GROUP BY d.number, p.place"""
_SHOWN = "{0}listed AND {0}deleted_at IS NULL"
_CHANGED = "name_folded, email_folded, status, listed, deleted_at"


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{body}\n    RETURN NULL;\nEND $$"


def _trigger(name: str, when: str, function: str = "", condition: str = "true") -> str:
    """A condition is judged before the function is called, and costs next to nothing."""
    return f"CREATE TRIGGER {name} AFTER {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function or name}()"


_OLD = ", ".join(f"OLD.{name}" for name in _CHANGED.split(", "))
_NEW = ", ".join(f"NEW.{name}" for name in _CHANGED.split(", "))

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"

STATEMENTS = (
    f"""
INSERT INTO directory ({_COLUMNS})
SELECT organization_id, id, {_CALLED.format("")}, {_WORDS.format("")}, status, {_FACTOR.format("members.")},
    {_ROLE.format("members.id", "members.status")}
FROM members WHERE {_SHOWN.format("")} ORDER BY organization_id, {_CALLED.format("")} COLLATE "C", id
""",
    # Whatever is not sorted in yet is looked through by every search, so it is kept short.
    """
CREATE INDEX ix_directory_words ON directory USING gin (words gin_trgm_ops)
WITH (fastupdate = on, gin_pending_list_limit = 64)
""",
    "INSERT INTO tallies SELECT organization_id, 'status', status, count(*) FROM directory GROUP BY 1, 3",
    f"""
INSERT INTO tallies SELECT d.organization_id, 'role', g.what, count(*)
FROM directory AS d JOIN grants AS g ON g.member_id = d.member_id
WHERE d.status = 'active' AND {_LASTING.format("g.")} GROUP BY 1, 3
""",
    # In the order of lists, so that they are read from one end to the other.
    _PLACED.format("true") + " ORDER BY p.place, d.called, d.member_id",
    _function(
        "members_leave_the_directory",
        """
    DELETE FROM directory WHERE member_id = OLD.id;
""",
    ),
    _function(
        "members_enter_the_directory",
        f"""
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM directory WHERE member_id = OLD.id;
    END IF;
    IF {_SHOWN.format("NEW.")} THEN
        INSERT INTO directory ({_COLUMNS})
        VALUES (NEW.organization_id, NEW.id, {_CALLED.format("NEW.")}, {_WORDS.format("NEW.")}, NEW.status,
            {_FACTOR.format("NEW.")}, {_ROLE.format("NEW.id", "NEW.status")});
    END IF;
""",
    ),
    _trigger("members_enter_the_directory", "INSERT ON members"),
    _trigger(
        "members_move_in_the_directory",
        f"UPDATE OF {_CHANGED} ON members",
        "members_enter_the_directory",
        f"({_OLD}) IS DISTINCT FROM ({_NEW})",
    ),
    _trigger("members_leave_the_directory", "DELETE ON members"),
    _function(
        "factors_in_the_directory",
        """
    IF TG_OP = 'DELETE' THEN
        UPDATE directory SET factor = false WHERE member_id = OLD.member_id AND factor;
    ELSE
        UPDATE directory SET factor = NEW.factor_at IS NOT NULL
        WHERE member_id = NEW.member_id AND factor <> (NEW.factor_at IS NOT NULL);
    END IF;
""",
    ),
    _trigger("factors_in_the_directory", "INSERT OR UPDATE OF factor_at OR DELETE ON credentials"),
    _function(
        "directory_is_counted",
        f"""
    IF TG_OP = 'DELETE' THEN
        {_FEWER.format("OLD", "status", "OLD.status")};
        IF OLD.status = 'active' THEN
            {_FEWER.format("OLD", "role", _LASTING_OF.format("(SELECT what", "OLD") + ")")};
        END IF;
    ELSE
        {_MORE.format("VALUES (NEW.organization_id, 'status', NEW.status, 1)")};
        IF NEW.status = 'active' THEN
            {_MORE.format(_LASTING_OF.format("SELECT organization_id, 'role', what, 1", "NEW"))};
        END IF;
    END IF;
""",
    ),
    _trigger("directory_is_counted", "INSERT OR DELETE ON directory"),
    _function(
        "directory_is_placed",
        f"""
    IF TG_OP = 'DELETE' THEN
        DELETE FROM placed WHERE member_id = OLD.member_id;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE placed SET factor = NEW.factor, role = NEW.role WHERE member_id = NEW.member_id;
    ELSE{_PLACED.format("p.member_id = NEW.member_id")};
    END IF;
""",
    ),
    _trigger("directory_is_placed", "INSERT OR DELETE ON directory"),
    _trigger(
        "directory_changes",
        "UPDATE OF factor, role ON directory",
        "directory_is_placed",
        "(OLD.factor, OLD.role) IS DISTINCT FROM (NEW.factor, NEW.role)",
    ),
    *(
        _function(
            f"{table}_{row.lower()}_in_places",
            f"""
    DELETE FROM placed WHERE member_id = {row}.member_id AND place = {place.format(row)};
    {_PLACED.format(f"p.member_id = {row}.member_id AND p.place = {place.format(row)}")};
""",
        )
        for table, place in (("grants", _PLACE), ("invitations", "{0}.space_id"))
        for row in ("NEW", "OLD")
    ),
    *(
        _trigger(
            f"{table}_{when.split()[0].lower()}_in_places",
            f"{when} ON {table}",
            f"{table}_{row.lower()}_in_places",
            condition.format(row),
        )
        for table, changes, condition in (
            ("grants", "what, ends_at, ended_at", _IN_A_PLACE),
            ("invitations", "role, state", "{0}.space_id <> ''"),
        )
        for when, row in (("INSERT", "NEW"), (f"UPDATE OF {changes}", "NEW"), ("DELETE", "OLD"))
    ),
    _function(
        "roles_are_counted",
        f"""
    IF TG_OP <> 'INSERT' THEN
        IF {_LASTING.format("OLD.")} AND {_ACTIVE.format("OLD")} THEN
            {_FEWER.format("OLD", "role", "OLD.what")};
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF {_LASTING.format("NEW.")} AND {_ACTIVE.format("NEW")} THEN
            {_MORE.format("VALUES (NEW.organization_id, 'role', NEW.what, 1)")};
        END IF;
    END IF;
""",
    ),
    _function(
        "roles_in_the_directory",
        f"""
    UPDATE directory AS d SET role = found.role
    FROM (
        SELECT number, {_ROLE.format("here.member_id", "here.status")} AS role
        FROM directory AS here WHERE member_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.member_id ELSE NEW.member_id END
    ) AS found
    WHERE d.number = found.number AND d.role <> found.role;
""",
    ),
    *(
        _trigger(
            f"{table}_{when.split()[0].lower()}_in_the_directory",
            f"{when} ON {table}",
            "roles_in_the_directory",
            f"{row}.space_id = ''{also.format(row)}",
        )
        for table, changes, also in (
            ("grants", "what, ends_at, ended_at", " AND {0}.kind = 'role'"),
            ("invitations", "role, state", ""),
        )
        for when, row in (("INSERT", "NEW"), (f"UPDATE OF {changes}", "NEW"), ("DELETE", "OLD"))
    ),
    _trigger("roles_begin", "INSERT ON grants", "roles_are_counted", _LASTING.format("NEW.")),
    _trigger(
        "roles_change",
        "UPDATE ON grants",
        "roles_are_counted",
        f"({_LASTING.format('OLD.')}) OR ({_LASTING.format('NEW.')})",
    ),
    _trigger("roles_end", "DELETE ON grants", "roles_are_counted", _LASTING.format("OLD.")),
)
