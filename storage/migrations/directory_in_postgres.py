"""What keeps the table ``directory``, its index of words and the tallies on PostgreSQL (migration 0004)."""
# ruff: noqa: S608 - SQL that is made of parts written here

from storage.migrations.directory_sql import (
    ACTIVE,
    BEARS,
    CALLED,
    COLUMNS,
    FACTOR,
    IN_PLACES,
    IN_THE_ORGANIZATION,
    LASTING,
    MOVING,
    PLACED,
    ROLE,
    SHOWN,
    WORDS,
    told_by,
)

_LASTING_OF = f"{{0}} FROM grants WHERE member_id = {{1}}.member_id AND {LASTING.format('')}"
_MORE = (
    "INSERT INTO tallies AS t (organization_id, kind, what, count) {0}"
    " ON CONFLICT (organization_id, kind, what) DO UPDATE SET count = t.count + 1"
)
_FEWER = (
    "UPDATE tallies SET count = count - 1 WHERE organization_id = {0}.organization_id AND kind = '{1}' AND what = {2}"
)


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{body}\n    RETURN NULL;\nEND $$"


def _trigger(name: str, when: str, function: str = "", condition: str = "true") -> str:
    """A condition is judged before the function is called, and costs next to nothing."""
    return f"CREATE TRIGGER {name} AFTER {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function or name}()"


_OLD = ", ".join(f"OLD.{name}" for name in MOVING)
_NEW = ", ".join(f"NEW.{name}" for name in MOVING)

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"

STATEMENTS = (
    f"""
INSERT INTO directory ({COLUMNS})
SELECT organization_id, id, {CALLED.format("")}, {WORDS.format("")}, status, {FACTOR.format("members.")},
    {ROLE.format("members.id", "members.status")}
FROM members WHERE {SHOWN.format("")} ORDER BY organization_id, {CALLED.format("")} COLLATE "C", id
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
WHERE d.status = 'active' AND {LASTING.format("g.")} GROUP BY 1, 3
""",
    # In the order of lists, so that they are read from one end to the other.
    PLACED.format("true") + " ORDER BY p.place, d.called, d.member_id",
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
    IF {SHOWN.format("NEW.")} THEN
        INSERT INTO directory ({COLUMNS})
        VALUES (NEW.organization_id, NEW.id, {CALLED.format("NEW.")}, {WORDS.format("NEW.")}, NEW.status,
            {FACTOR.format("NEW.")}, {ROLE.format("NEW.id", "NEW.status")});
    END IF;
""",
    ),
    _trigger("members_enter_the_directory", "INSERT ON members"),
    _trigger(
        "members_move_in_the_directory",
        f"UPDATE OF {', '.join(MOVING)} ON members",
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
    ELSE{PLACED.format("p.member_id = NEW.member_id")};
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
    {PLACED.format(f"p.member_id = {row}.member_id AND p.place = {place.format(row)}")};
""",
        )
        for table, _, place, _ in IN_PLACES
        for row in ("NEW", "OLD")
    ),
    *(
        _trigger(
            f"{table}_{name}_in_places",
            f"{when} ON {table}",
            f"{table}_{row.lower()}_in_places",
            condition.format(row),
        )
        for table, changes, _, condition in IN_PLACES
        for name, when, row in told_by(changes)
    ),
    _function(
        "roles_are_counted",
        f"""
    IF TG_OP <> 'INSERT' THEN
        IF {LASTING.format("OLD.")} AND {ACTIVE.format("OLD.")} THEN
            {_FEWER.format("OLD", "role", "OLD.what")};
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF {LASTING.format("NEW.")} AND {ACTIVE.format("NEW.")} THEN
            {_MORE.format("VALUES (NEW.organization_id, 'role', NEW.what, 1)")};
        END IF;
    END IF;
""",
    ),
    _function(
        "roles_in_the_directory",
        f"""{BEARS.format("(CASE WHEN TG_OP = 'DELETE' THEN OLD.member_id ELSE NEW.member_id END)")}
""",
    ),
    *(
        _trigger(
            f"{table}_{name}_in_the_directory",
            f"{when} ON {table}",
            "roles_in_the_directory",
            condition.format(row),
        )
        for table, changes, condition in IN_THE_ORGANIZATION
        for name, when, row in told_by(changes)
    ),
    _trigger("roles_begin", "INSERT ON grants", "roles_are_counted", LASTING.format("NEW.")),
    _trigger(
        "roles_change",
        "UPDATE ON grants",
        "roles_are_counted",
        f"({LASTING.format('OLD.')}) OR ({LASTING.format('NEW.')})",
    ),
    _trigger("roles_end", "DELETE ON grants", "roles_are_counted", LASTING.format("OLD.")),
)
