"""What keeps the table ``directory``, its index of words and the tallies on SQLite (migration 0004).

The index finds rows in the order of their numbers. So a number says where its row stands in the list: 8 bits of the
organization's id, 35 bits of the first signs, and 20 bits that tell apart whoever begins alike. The first page of a
search is then found without looking at what comes later, however many there are.
"""
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

_DIGIT = "((instr('0123456789abcdef', substr({0}, {1}, 1)) - 1) & 15)"
_SIGNS = 6
# Which of 52 kinds a sign is; the usual ones first. Those from "+" to "9" and from "_" to "z" are a kind each.
_KINDS = (
    ("BETWEEN '_' AND 'z'", "unicode({0}) - 72"),
    ("BETWEEN '+' AND '9'", "unicode({0}) - 38"),
    ("= ' '", "1"),
    ("< ' '", "0"),
    ("< ''''", "2"),
    ("= ''''", "3"),
    ("< '+'", "4"),
    ("< '@'", "20"),
    ("= '@'", "21"),
    ("< '_'", "22"),
)
_LAST_KIND, _ALL_KINDS = 51, 52
_SHARES_ITS_KIND = "[^ '+-9@_-z]"
_ALIKE = (1 << 20) - 1


def _kind(text: str, at: int) -> str:
    """Never in another order than the signs are. Behind one that shares its kind with others all are 0."""
    sign = f"substr({text}, {at}, 1)"
    kinds = " ".join(f"WHEN {sign} {which} THEN {kind.format(sign)}" for which, kind in _KINDS)
    before = f"substr({text}, 1, {at - 1}) GLOB '*{_SHARES_ITS_KIND.replace(chr(39), chr(39) * 2)}*'"
    behind = f"WHEN {before} THEN 0 " if at > 1 else ""
    return f"(CASE {behind}{kinds} ELSE {_LAST_KIND} END) * {_ALL_KINDS ** (_SIGNS - at)}"


def place(organization: str, called: str) -> str:
    """The least number that somebody called so can have."""
    latin = " + ".join(_kind(called, at) for at in range(1, _SIGNS + 1))
    first, second = f"min(unicode({called}), 131071)", f"min(ifnull(unicode(substr({called}, 2, 1)), 0), 131071) >> 1"
    others = _LAST_KIND * _ALL_KINDS ** (_SIGNS - 1)
    other = f"{others} + (({first} << 16) | (CASE WHEN {first} < 131071 THEN {second} ELSE 0 END))"
    signs = f"CASE WHEN substr({called}, 1, 1) > 'z' THEN {other} ELSE {latin} END"
    slot = f"({_DIGIT.format(organization, 1)} << 4) | {_DIGIT.format(organization, 2)}"
    return f"((({slot}) << 55) | (({signs}) << 20))"


def _stands(member: str, place: str) -> str:
    there = PLACED.format(f"p.member_id = {member} AND p.place = {place}")
    return f"    DELETE FROM placed WHERE member_id = {member} AND place = {place};{there};"


# Each has the first number from their base on that is behind whoever stands before them.
_WHO_IS_THERE = f"""
INSERT INTO directory (number, {COLUMNS})
SELECT rank + max(base - rank) OVER (ORDER BY rank), organization_id, id, called, words, status, factor, role
FROM (
    SELECT *, row_number() OVER (ORDER BY base, called, id) - 1 AS rank
    FROM (
        SELECT {place("organization_id", CALLED.format(""))} AS base, organization_id, id,
            {CALLED.format("")} AS called, {WORDS.format("")} AS words, status, {FACTOR.format("members.")} AS factor,
            {ROLE.format("members.id", "members.status")} AS role
        FROM members WHERE {SHOWN.format("")}
    )
)
ORDER BY rank
"""

# The next one behind all who begin alike. Whoever changes takes a new one, so the last may be taken while most are
# free; then it is the first free one.
_NUMBER = f"""coalesce(
        (SELECT nullif(max(number), base + {_ALIKE}) + 1 FROM directory WHERE number BETWEEN base AND base + {_ALIKE}),
        (SELECT base WHERE NOT EXISTS (SELECT 1 FROM directory WHERE number = base)),
        (SELECT min(d.number) + 1 FROM directory AS d WHERE d.number >= base
            AND NOT EXISTS (SELECT 1 FROM directory WHERE number = d.number + 1)))"""

_ENTERS = f"""
    INSERT INTO directory (number, {COLUMNS})
    SELECT {_NUMBER},
        NEW.organization_id, NEW.id, {CALLED.format("NEW.")}, {WORDS.format("NEW.")}, NEW.status,
        {FACTOR.format("NEW.")}, {ROLE.format("NEW.id", "NEW.status")}
    FROM (SELECT {place("NEW.organization_id", CALLED.format("NEW."))} AS base)
    WHERE {SHOWN.format("NEW.")};
"""
_LEAVES = "    DELETE FROM directory WHERE member_id = OLD.id;"
_CHANGED = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in MOVING)


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
            f"{table}_{name}_in_places",
            f"{when} ON {table} WHEN {condition.format(row)}",
            _stands(f"{row}.member_id", place.format(row)),
        )
        for table, changes, place, condition in IN_PLACES
        for name, when, row in told_by(changes)
    ),
    *(
        _trigger(
            f"{table}_{name}_in_the_directory",
            f"{when} ON {table} WHEN {condition.format(row)}",
            BEARS.format(f"{row}.member_id"),
        )
        for table, changes, condition in IN_THE_ORGANIZATION
        for name, when, row in told_by(changes)
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
