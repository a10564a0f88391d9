from pathlib import Path

import pytest

from handlers.catalogue import CatalogueError, parse, shipped
from tests.tiny_catalogue import TINY

HOME = Path(__file__).parent.parent / "handlers" / "catalogues"

# What is written, what stands there instead, and the one line that answers it.
WRONG = {
    "not TOML": ('title = "Tiny"', "title = Tiny", "line 1, column 9: is not TOML: Invalid value"),
    "unfinished": (
        "  { changes",
        '  { "',
        "line 84, column 11: is not TOML: Expected '=' after a key in a key/value pair",
    ),
    "unknown key at the top": ("[rules]", "[rule]", "rule: unknown key; did you mean “rules”?"),
    "unknown key of a role": (
        "acts_on",
        "act_on",
        "organization.roles.boss.act_on: unknown key; did you mean “acts_on”?",
    ),
    "missing": ("rank = 2\n", "", "organization.roles.boss.rank: is missing"),
    "text for a number": (
        "rank = 2",
        'rank = "2"',
        "organization.roles.boss.rank: must be a whole number without quotes",
    ),
    "text for a list": (
        'grants = ["*"]',
        'grants = "*"',
        "organization.roles.boss.grants: must be a list: [ … ]",
    ),
    "number for a switch": ("guests = true", "guests = 1", "rules.guests: must be true or false without quotes"),
    "unreadable title": ('"Tiny"', '"Ti\\nny"', "title: must be a line of readable text"),
    "role id in capitals": (
        "[organization.roles.clerk]",
        "[organization.roles.Clerk]",
        "organization.roles.Clerk: must be small letters, digits and underscores, beginning with a letter, at most 40",
    ),
    "unknown permission": (
        "members:{list,invite}",
        "members:{list,invit}",
        "organization.roles.clerk.grants: unknown permission “members:invit”; did you mean “members:invite”?",
    ),
    "unknown resource": (
        '"@look", "members:{list,invite}"',
        '"@look", "zebras:*"',
        "organization.roles.clerk.grants: unknown permission “zebras:*”",
    ),
    "space permission in the organization": (
        '"members:{list,invite}"]',
        '"space:access"]',
        "organization.roles.clerk.grants: unknown permission “space:access”; did you mean “spaces:create”?",
    ),
    "unknown set": ("@look", "@loop", "organization.roles.clerk.grants: unknown set “@loop”; did you mean “@look”?"),
    "set of nobody": ('"@look", ', "", "sets.look: is used by no role"),
    "set in a set": ('look = ["paints:mix"]', 'look = ["@look"]', "sets.look: a set cannot name another set"),
    "taking away what is not there": (
        '"members:{list,invite}"]',
        '"members:{list,invite}", "-members:role"]',
        "organization.roles.clerk.grants: “-members:role” takes away what is not there",
    ),
    "known permission declared": (
        'both = ["paints:mix"]',
        'both = ["paints:mix", "audit:read"]',
        "permissions.both: “audit:read” is known already",
    ),
    "permission without an action": (
        'both = ["paints:mix"]',
        'both = ["paints:mix", "paints"]',
        "permissions.both: “paints” is not written resource:action",
    ),
    "kind that reads like a permission": (
        "[kinds]",
        '[kinds]\npaints = { actions = ["mix"] }',
        "kinds.paints: “paints:mix” is a permission already",
    ),
    "kind that software takes for something else": (
        "[kinds]",
        '[kinds]\nspace = { actions = ["mix"] }',
        "kinds.space: is what software calls something else; give the kind another name",
    ),
    "unknown reach": (
        '["listed"]',
        '["list"]',
        "organization.roles.clerk.reaches.1: unknown word “list”; did you mean “listed”?",
    ),
    "unknown role given": (
        'gives = ["guest"]',
        'gives = ["gust"]',
        "organization.roles.clerk.gives: unknown role “gust”; did you mean “guest”?",
    ),
    "unknown role acted on": (
        'acts_on = ["guest"]',
        'acts_on = ["king"]',
        "organization.roles.clerk.acts_on: unknown role “king”; there is boss, clerk, guest",
    ),
    "unknown role offered": (
        'gives = ["guest"]',
        'gives = ["guest"]\ninvites = ["clark"]',
        "organization.roles.clerk.invites: unknown role “clark”; did you mean “clerk”?",
    ),
    "offered but not given": (
        'gives = ["guest"]',
        'gives = ["guest"]\ninvites = ["clerk"]',
        "organization.roles.clerk.invites: “clerk” is not among what this role gives",
    ),
    "invites without an offer": (
        'gives = ["guest"]',
        "gives = []",
        "organization.roles.clerk.invites: this role may invite, but offers no role",
    ),
    "gives without the permission": (
        "members:{list,invite}",
        "members:list",
        "organization.roles.clerk.gives: this role holds neither “members:invite” nor “members:role”",
    ),
    "manages nobody": (
        'acts_on = ["guest"]',
        "acts_on = []",
        "organization.roles.clerk.acts_on: this role manages members, but acts on nobody",
    ),
    "two of one rank": ("rank = 2", "rank = 1", "organization.roles.clerk.rank: is also the rank of “boss”"),
    "two titles alike": (
        "[organization.roles.clerk]",
        '[organization.roles.clerk]\ntitle = "BOSS"',
        "organization.roles.clerk.title: reads like the role “boss”",
    ),
    "no first": ("rank = 2\nfirst = true", "rank = 2", "organization.roles: no role is marked first = true"),
    "two firsts": (
        "[organization.roles.clerk]",
        "[organization.roles.clerk]\nfirst = true",
        "organization.roles.clerk.first: “boss” is marked so already",
    ),
    "first below the highest": (
        "rank = 2",
        "rank = -1",
        "organization.roles.boss.first: stands on a role that is not the highest",
    ),
    "exactly one, but given": (
        "rank = 2",
        "rank = 2\nexactly_one = true",
        "organization.roles.boss.gives: “boss” has exactly one holder, so it moves by transfer only",
    ),
    "exactly one, and below": (
        "[organization.roles.clerk]",
        "[organization.roles.clerk]\nexactly_one = true",
        "organization.roles.boss.gives: “clerk” has exactly one holder, so it moves by transfer only",
    ),
    "unknown limit": (
        'at_most = "viewer"',
        'at_most = "viewers"',
        "organization.roles.guest.in_space_at_most: unknown space role “viewers”; did you mean “viewer”?",
    ),
    "reaches spaces for nothing": (
        'in_spaces = ["*"]\n',
        "",
        "organization.roles.boss.in_spaces: goes together with reaching everything or all-spaces",
    ),
    "space role that reaches": (
        "[space.roles.viewer]\nrank = 0",
        '[space.roles.viewer]\nrank = 0\nreaches = ["own"]',
        "space.roles.viewer.reaches: belongs to organization roles only",
    ),
    "unknown change": (
        'export = "members:edit"',
        'exports = "members:edit"',
        "organization.needs.exports: unknown word “exports”; did you mean “export”?",
    ),
    "needs what is unknown": (
        'export = "members:edit"',
        'export = "members:edits"',
        "organization.needs.export: unknown permission “members:edits”; did you mean “members:edit”?",
    ),
    "needs what nobody holds": (
        'grants = ["*"]\nreaches',
        'grants = ["*", "-audit:read"]\nreaches',
        "organization.needs.audit: no role holds “audit:read”; give it to one, or write “nobody”",
    ),
    "add-on on a missing role": (
        'on_space = ["viewer"]',
        'on_space = ["reader"]',
        "addons.on_space: unknown role “reader”; there is owner, viewer",
    ),
    "add-on on no role": (
        'on_space = ["viewer"]',
        "",
        "addons: stand on no role: name one in on_organization or on_space",
    ),
    "add-on that opens what is unknown": (
        'opens = ["paints:mix"]',
        'opens = ["paints:mixx"]',
        "addons.each.mixer.opens: unknown permission “paints:mixx”; did you mean “paints:mix”?",
    ),
    "toggle on for an unknown role": (
        'on_for = ["boss"]',
        'on_for = ["bos"]',
        "toggles.colours.on_for: unknown role “bos”; did you mean “boss”?",
    ),
    "toggle settable for an unknown role": (
        'settable_for = ["boss", "clerk"]',
        'settable_for = ["boss", "clerc"]',
        "toggles.colours.settable_for: unknown role “clerc”; did you mean “clerk”?",
    ),
    "toggle of an unknown plan": (
        'plan = "gold"',
        'plan = "goold"',
        "toggles.colours.plan: unknown plan “goold”; did you mean “gold”?",
    ),
    "toggle for an unknown action": (
        "picture:paint",
        "picture:print",
        "toggles.colours.needed_for: unknown permission “picture:print”; did you mean “picture:paint”?",
    ),
    "unknown plan at setup": (
        'at_setup = "free"',
        'at_setup = "fre"',
        "plans.at_setup: unknown plan “fre”; did you mean “free”?",
    ),
    "unknown feature": (
        "digest = ",
        "digests = ",
        "plans.features.digests: unknown word “digests”; did you mean “digest”?",
    ),
    "feature of an unknown plan": (
        'digest = "gold"',
        'digest = "silver"',
        "plans.features.digest: unknown plan “silver”; there is free, gold",
    ),
    "plan named twice": ('["free", "gold"]', '["free", "gold", "free"]', "plans.order: names a plan twice"),
    "plan by another plan's name": ("golden =", "free =", "plans.also.free: is a plan itself"),
    "rules of an unknown kind": (
        'kind = "picture"',
        'kind = "pictures"',
        "datasets.kind: unknown kind “pictures”; did you mean “picture”?",
    ),
    "rules for a role twice": (
        "ai_chat_only = []",
        'ai_chat_only = ["boss"]',
        "datasets.ai_chat_only: “boss” is bound by other dataset rules already",
    ),
    "unknown way of resetting": (
        '"link"',
        '"lnik"',
        "rules.password_reset: unknown word “lnik”; did you mean “link”?",
    ),
    "no length of time": (
        '"72h"',
        '"3 days"',
        "rules.request_life: must be a length of time such as 30m, 8h, 7d or 2w",
    ),
    "too long a time": ('"7d"', '"53w"', "rules.invitation_life: must be at most 365d"),
    "guests without a guest": (
        'in_space_at_most = "viewer"\n',
        "",
        "rules.guests: is true, but no role is held down by in_space_at_most",
    ),
    "unknown privileged change": (
        '["import"]',
        '["imports"]',
        "privileged.lines.2.changes.1: unknown word “imports”; did you mean “import”?",
    ),
    "unknown condition": (
        '["result manages members"]',
        '["result manages member"]',
        "privileged.lines.1.when.1: unknown word “result manages member”; did you mean “result manages members”?",
    ),
    "condition that never holds": (
        '["result manages members"]',
        '["target manages members"]',
        "privileged.lines.1.when: “target manages members” can never hold for “invite”",
    ),
    "rows of what has none": (
        '["import"]',
        '["deactivate"]',
        "privileged.lines.2.rows_over: counts the rows of an import; “deactivate” has none",
    ),
    "waiting for nothing": (
        "rows_over = 25, approvals = 1",
        "rows_over = 25, approvals = 0",
        "privileged.lines.2.approvals: asks for neither an approval nor a code",
    ),
    "fewer than no approvals": (
        "approvals = 1, code = true",
        "approvals = -1, code = true",
        "privileged.lines.1.approvals: must be at least 0",
    ),
    "said twice": (
        '["invite"]',
        '["invite", "invite"]',
        "privileged.lines.1.changes: “invite” stands under the same conditions already",
    ),
}


def refusal(text: str, file: str = "tiny.toml") -> CatalogueError:
    with pytest.raises(CatalogueError) as caught:
        parse(text, file=file)
    return caught.value


def test_the_tiny_file_is_right() -> None:
    assert parse(TINY, file="tiny.toml").name == "tiny"


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_answered_in_one_line(what: str) -> None:
    before, after, said = WRONG[what]
    assert before in TINY
    assert str(refusal(TINY.replace(before, after, 1))) == f"tiny.toml: {said}"


def test_without_spaces_nothing_speaks_of_them() -> None:
    start, end = TINY.index("[space.roles.owner]"), TINY.index("[kinds]")
    assert refusal(TINY[:start] + TINY[end:]).key == "organization.roles.boss.in_spaces"


def test_names_in_a_wrong_file_cannot_break_the_line() -> None:
    error = refusal(TINY.replace("rank = 2", f'rank = 2\n"a\\nb\\u001b\\u202e{"x" * 200}" = 1'))
    assert str(error).isprintable()
    assert len(str(error)) < 200


@pytest.mark.parametrize("text", ["", "[" * 5000, "a = " + "[" * 50_000, "\x00", "title = 1\n" * 2])
def test_nonsense_is_answered_like_any_wrong_file(text: str) -> None:
    assert str(refusal(text)).startswith("tiny.toml: ")


@pytest.mark.parametrize("name", shipped())
def test_a_file_with_a_line_taken_out_is_read_or_answered_in_one_line(name: str) -> None:
    lines = (HOME / f"{name}.toml").read_text().splitlines(keepends=True)
    answers = [answer("".join(lines[:number] + lines[number + 1 :])) for number in range(0, len(lines), 3)]
    assert all(one.isprintable() for one in answers)
    assert any(one.startswith("x.toml: ") for one in answers)


def answer(text: str) -> str:
    try:
        return parse(text, file="x.toml").title
    except CatalogueError as error:
        return str(error)
