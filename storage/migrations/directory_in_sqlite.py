"""What keeps the table ``directory``, its index of words and the tallies on SQLite (migration 0004).

The index finds rows in the order of their numbers. So a number says where its row stands in the list: 8 bits of the
organization's id, 35 bits of the first letters, and 20 bits that tell apart whoever begins alike. The first page of a
search is then found without looking at what comes later, however many there are.
"""
# ruff: noqa: S608 - SQL that is made of parts written here

from storage.migrations.directory_sql import (
    ACTIVE,
    CALLED,
    COLUMNS,
    FACTOR,
    IN_A_PLACE,
    LASTING,
    MOVING,
    PLACE,
    PLACED,
    ROLE,
    SHOWN,
    WORDS,
)

_DIGIT = "((instr('0123456789abcdef', substr({0}, {1}, 1)) - 1) & 15)"
_LETTERS = 7


def _letter(text: str, at: int) -> str:
    """5 bits that never stand in another order than the letters do. Behind what shares its 5 bits with another sign,
    all are 0."""
    sign = f"substr({text}, {at}, 1)"
    bits = (
        f"CASE WHEN {sign} = '' THEN 0 WHEN {sign} < ' ' THEN 1 WHEN {sign} = ' ' THEN 2 WHEN {sign} < 'a' THEN 3"
        f" WHEN {sign} <= 'z' THEN unicode({sign}) - 93 ELSE 30 END"
    )
    behind = f"CASE WHEN substr({text}, 1, {at - 1}) GLOB '*[^a-z ]*' THEN 0 ELSE {bits} END"
    return f"(({bits if at == 1 else behind}) << {5 * (_LETTERS - at)})"


def place(organization: str, called: str) -> str:
    """The least number that somebody called so can have."""
    latin = " | ".join(_letter(called, at) for at in range(1, _LETTERS + 1))
    first, second = f"min(unicode({called}), 131071)", f"min(ifnull(unicode(substr({called}, 2, 1)), 0), 131071) >> 4"
    other = f"(31 << 30) | ({first} << 13) | (CASE WHEN {first} < 131071 THEN {second} ELSE 0 END)"
    letters = f"CASE WHEN substr({called}, 1, 1) > 'z' THEN {other} ELSE {latin} END"
    slot = f"({_DIGIT.format(organization, 1)} << 4) | {_DIGIT.format(organization, 2)}"
    return f"((({slot}) << 55) | (({letters}) << 20))"


def _stands(member: str, place: str) -> str:
    there = PLACED.format(f"p.member_id = {member} AND p.place = {place}")
    return f"    DELETE FROM placed WHERE member_id = {member} AND place = {place};{there};"


_WHO_IS_THERE = f"""
INSERT INTO directory (number, {COLUMNS})
SELECT base + row_number() OVER (PARTITION BY base ORDER BY called, id) - 1,
    organization_id, id, called, words, status, factor, role
FROM (
    SELECT {place("organization_id", CALLED.format(""))} AS base, organization_id, id,
        {CALLED.format("")} AS called, {WORDS.format("")} AS words, status, {FACTOR.format("members.")} AS factor,
        {ROLE.format("members.id", "members.status")} AS role
    FROM members WHERE {SHOWN.format("")}
)
ORDER BY base, called, id
"""

_ENTERS = f"""
    INSERT INTO directory (number, {COLUMNS})
    SELECT ifnull((SELECT max(number) FROM directory WHERE number BETWEEN base AND base + 1048575), base - 1) + 1,
        NEW.organization_id, NEW.id, {CALLED.format("NEW.")}, {WORDS.format("NEW.")}, NEW.status,
        {FACTOR.format("NEW.")}, {ROLE.format("NEW.id", "NEW.status")}
    FROM (SELECT {place("NEW.organization_id", CALLED.format("NEW."))} AS base)
    WHERE {SHOWN.format("NEW.")};
"""
_LEAVES = "    DELETE FROM directory WHERE member_id = OLD.id;"
_CHANGED = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in MOVING)
_BEARS = f"""
    UPDATE directory SET role = {ROLE.format("directory.member_id", "directory.status")}
    WHERE member_id = {{0}}.member_id;"""


def _more(row: str, kind: str, what: str, source: str) -> str:
    return f"""
    INSERT INTO tallies (organization_id, kind, what, count) SELECT {row}organization_id, '{kind}', {what}, 1
    {source} ON CONFLICT (organization_id, kind, what) DO UPDATE SET count = count + 1;"""


def _fewer(row: str, kind: str, what: str, condition: str) -> str:
    return f"""
    UPDATE tallies SET count = count - 1
    WHERE organization_id = {row}organization_id AND kind = '{kind}' AND what = {what} AND {condition};"""


def _role_of(row: str) -> str:
    return f"SELECT what FROM grants WHERE member_id = {row}member_id AND {LASTING.format('')}"


def _trigger(name: str, when: str, *body: str) -> str:
    return f"CREATE TRIGGER {name} AFTER {when} BEGIN\n{''.join(body)}\nEND"


STATEMENTS = (
    """
CREATE VIRTUAL TABLE directory_words USING fts5(
    words, content='directory', content_rowid='number', columnsize=0, tokenize='trigram case_sensitive 1')
""",
    # With more, a merge that is asked for (storage/words.py) stands still when some have entered since it began.
    "INSERT INTO directory_words (directory_words, rank) VALUES ('usermerge', 2)",
    _WHO_IS_THERE,
    "INSERT INTO directory_words (directory_words) VALUES ('rebuild')",
    "INSERT INTO tallies SELECT organization_id, 'status', status, count(*) FROM directory GROUP BY 1, 3",
    f"""
INSERT INTO tallies SELECT d.organization_id, 'role', g.what, count(*)
FROM directory AS d JOIN grants AS g ON g.member_id = d.member_id
WHERE d.status = 'active' AND {LASTING.format("g.")} GROUP BY 1, 3
""",
    # In the order of lists, so that they are read from one end to the other.
    PLACED.format("true") + " ORDER BY p.place, d.called, d.member_id",
    _trigger("members_enter_the_directory", f"INSERT ON members WHEN {SHOWN.format('NEW.')}", _ENTERS),
    _trigger(
        "members_move_in_the_directory",
        f"UPDATE OF {', '.join(MOVING)} ON members WHEN {_CHANGED}",
        _LEAVES,
        _ENTERS,
    ),
    _trigger("members_leave_the_directory", "DELETE ON members", _LEAVES),
    *(
        _trigger(
            f"factors_{when.split()[0].lower()}_in_the_directory",
            f"{when} ON credentials",
            f"    UPDATE directory SET factor = {row}.factor_at IS NOT NULL{also} WHERE member_id = {row}.member_id;",
        )
        for when, row, also in (
            ("INSERT", "NEW", ""),
            ("UPDATE OF factor_at", "NEW", ""),
            ("DELETE", "OLD", " AND 0"),
        )
    ),
    _trigger(
        "directory_grows",
        "INSERT ON directory",
        "    INSERT INTO directory_words (rowid, words) VALUES (NEW.number, NEW.words);",
        _more("NEW.", "status", "NEW.status", "WHERE true"),
        _more("", "role", "what", f"FROM grants WHERE member_id = NEW.member_id AND {LASTING.format('')}"
              " AND NEW.status = 'active'"),
        PLACED.format("p.member_id = NEW.member_id") + ";",
    ),
    _trigger(
        "directory_changes",
        "UPDATE OF factor, role ON directory WHEN OLD.factor IS NOT NEW.factor OR OLD.role IS NOT NEW.role",
        "    UPDATE placed SET factor = NEW.factor, role = NEW.role WHERE member_id = NEW.member_id;",
    ),
    _trigger(
        "directory_shrinks",
        "DELETE ON directory",
        "    INSERT INTO directory_words (directory_words, rowid, words) VALUES ('delete', OLD.number, OLD.words);",
        _fewer("OLD.", "status", "OLD.status", "true"),
        _fewer("OLD.", "role", f"({_role_of('OLD.')})", "OLD.status = 'active'"),
        "\n    DELETE FROM placed WHERE member_id = OLD.member_id;",
    ),
    *(
        _trigger(
            f"{table}_{when.split()[0].lower()}_in_places",
            f"{when} ON {table} WHEN {condition.format(row)}",
            _stands(f"{row}.member_id", place.format(row)),
        )
        for table, changes, place, condition in (
            ("grants", "what, ends_at, ended_at", PLACE, IN_A_PLACE),
            ("invitations", "role, state", "{0}.space_id", "{0}.space_id <> ''"),
        )
        for when, row in (("INSERT", "NEW"), (f"UPDATE OF {changes}", "NEW"), ("DELETE", "OLD"))
    ),
    *(
        _trigger(
            f"{table}_{when.split()[0].lower()}_in_the_directory",
            f"{when} ON {table} WHEN {row}.space_id = ''{also.format(row)}",
            _BEARS.format(row),
        )
        for table, changes, also in (
            ("grants", "what, ends_at, ended_at", " AND {0}.kind = 'role'"),
            ("invitations", "role, state", ""),
        )
        for when, row in (("INSERT", "NEW"), (f"UPDATE OF {changes}", "NEW"), ("DELETE", "OLD"))
    ),
    _trigger(
        "roles_begin",
        f"INSERT ON grants WHEN {LASTING.format('NEW.')}",
        _more("NEW.", "role", "NEW.what", f"WHERE {ACTIVE.format('NEW.')}"),
    ),
    _trigger(
        "roles_change",
        f"UPDATE ON grants WHEN ({LASTING.format('OLD.')}) OR ({LASTING.format('NEW.')})",
        _fewer("OLD.", "role", "OLD.what", f"{LASTING.format('OLD.')} AND {ACTIVE.format('OLD.')}"),
        _more("NEW.", "role", "NEW.what", f"WHERE {LASTING.format('NEW.')} AND {ACTIVE.format('NEW.')}"),
    ),
    _trigger(
        "roles_end",
        f"DELETE ON grants WHEN {LASTING.format('OLD.')}",
        _fewer("OLD.", "role", "OLD.what", ACTIVE.format("OLD.")),
    ),
)  # fmt: skip
