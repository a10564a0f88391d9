"""Every command has a rule, a flow, words and a door; read from the sources, each check with a broken sample."""

import ast
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from handlers import commands, notices

ROOT = Path(__file__).parent.parent

# Who holds no role yet, and nobody at all, act by a right of their own.
OTHER_RIGHTS = {
    "AcceptOnWeb": "whoever holds the invitation's link",
    "AskAgain": "whoever holds an invitation's link, dead or alive",
    "FinishSetup": "whoever holds the one-time link",
    "FinishReset": "whoever holds the one-time link",
    "Reveal": "whoever holds the one-time link",
    "AcceptInSlack": "the Slack account for whose address Slack vouches",
    "SetUp": "an owner or admin of a Slack workspace that has no organization yet",
    "StartConnecting": "a Slack account that no member is tied to",
    "Connect": "a Slack account with a code that proves the member",
    "NoteAccount": "Slack itself",
    "ExpireInvitation": "the system, when the time has come",
    "ExpireRequest": "the system, when the time has come",
    "EndGrant": "the system, when the time has come",
    "FollowSlack": "the system alone: Slack has spoken, and the setting and the status decide",
    "Spread": "Usher itself, for what concerns many",
    "Erase": "Usher itself, for what is left of somebody who was deleted",
    "ImportStep": "the system, as whoever prepared the import; may_give and may_group put the questions at each step",
    "PurgeOrganization": "the system, 30 days after an organization was closed",
    "CreateToken": "the operator; the gate asks for the door",
    "RevokeToken": "the operator; the gate asks for the door",
    "CreateWebhook": "the operator; the gate asks for the door",
    "DeleteWebhook": "the operator, or the webhook's own receiver by answering 410; the gate asks for the door",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Sources = Mapping[str, str]


def members_of(union: Any) -> set[str]:
    """The class names in an `Annotated[A | B, …]`."""
    return {one.__name__ for one in typing.get_args(typing.get_args(union)[0])}


COMMANDS = members_of(commands.Command)
TIMERS = members_of(typing.get_type_hints(notices.Timer, include_extras=True)["command"])


def sources(folder: str) -> Sources:
    """Module name to text, of a whole package."""
    paths = (ROOT / folder).rglob("*.py")
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text() for path in paths}


# --- a flow ----------------------------------------------------------------------------------------------------------


def branches(source: str) -> Iterator[tuple[set[str], set[str]]]:
    """The classes that each `case`, or each entry of a table with classes for keys, names, and all that it mentions."""
    for one in ast.walk(ast.parse(source)):
        if isinstance(one, ast.match_case):
            classes = [part for part in ast.walk(one.pattern) if isinstance(part, ast.MatchClass)]
            yield {ast.unparse(part.cls) for part in classes}, _mentioned(one.body, "")
        elif isinstance(one, ast.Dict):
            entries = zip(one.keys, one.values, strict=True)
            yield from (({key.id}, _mentioned([value], "")) for key, value in entries if isinstance(key, ast.Name))


def without_flow(names: Iterable[str], gate: str) -> set[str]:
    return set(names) - {name for named, _ in branches(gate) for name in named}


# --- a rule ----------------------------------------------------------------------------------------------------------


def without_rule(names: Iterable[str], gate: str, flows: Sources) -> set[str]:
    """Those for which no branch of the gate comes, by whatever way through the flows, to a question put to policy."""
    known = dict(_functions(flows))
    judged = {name for named, mentioned in branches(gate) if _asks(mentioned, known) for name in named}
    return set(names) - judged


def _functions(flows: Sources) -> Iterator[tuple[str, set[str]]]:
    """Each function of the flows to all that it mentions."""
    for module, source in flows.items():
        short = module.rsplit(".", maxsplit=1)[-1]
        for one in ast.parse(source).body:
            if isinstance(one, Function):
                yield f"{short}.{one.name}", _mentioned(one.body, short)


def _mentioned(parts: Iterable[ast.AST], module: str) -> set[str]:
    nodes = [node for part in parts for node in ast.walk(part)]
    plain = {f"{module}.{node.id}" for node in nodes if isinstance(node, ast.Name)}
    return plain | {
        f"{node.value.id}.{node.attr}"
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


QUESTIONS = {"policy.check", "policy.acts", "policy.may_approve"}


def _asks(mentioned: set[str], known: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = set(mentioned)
    while waiting:
        one = waiting.pop()
        if one in QUESTIONS:
            return True
        seen.add(one)
        waiting |= known.get(one, set()) - seen
    return False


# --- a door, and words -----------------------------------------------------------------------------------------------


def without_door(names: Iterable[str], doors: Sources) -> set[str]:
    """A door makes the command, or hands on what makes it; naming it in an import or a type alone is not enough."""
    made = {one for source in doors.values() for one in _used(ast.parse(source))}
    return set(names) - made


def _used(tree: ast.Module) -> Iterator[str]:
    for one in ast.walk(tree):
        if isinstance(one, ast.Call):
            parts = [one.func, *one.args, *(keyword.value for keyword in one.keywords)]
            yield from (part.id for part in parts if isinstance(part, ast.Name))


def without_words(names: Iterable[str], wording: Sources) -> set[str]:
    return set(names) - {name for source in wording.values() for named, _ in branches(source) for name in named}


# --- the project -----------------------------------------------------------------------------------------------------

GATE = (ROOT / "handlers/gate.py").read_text()
FLOWS = sources("handlers/flows")
WORDING = sources("bot/wording")
DOORS = {name: text for name, text in sources("bot").items() if not name.startswith(("bot.wording", "bot.playground"))}


def test_every_command_has_a_flow() -> None:
    assert without_flow(COMMANDS, GATE) == set()


def test_every_command_has_a_rule_or_a_right_of_its_own() -> None:
    assert without_rule(COMMANDS, GATE, FLOWS) - OTHER_RIGHTS.keys() == set()


def test_every_right_of_its_own_belongs_to_a_command() -> None:
    assert OTHER_RIGHTS.keys() <= COMMANDS


def test_every_command_has_a_door() -> None:
    assert without_door(COMMANDS - TIMERS, DOORS) == set()


def test_what_the_system_does_in_time_is_posted_by_a_flow() -> None:
    assert without_door(TIMERS, FLOWS) == set()


def test_every_result_has_words() -> None:
    assert without_words(members_of(commands.Result), WORDING) == set()


# --- broken samples --------------------------------------------------------------------------------------------------

SAMPLE_GATE = """
async def act(command):
    match command:
        case Invite() | Resend():
            return await invitations.plan(command)
        case Deny():
            policy.acts(facts)
            return await requests.deny(command)
        case _:
            await FLOWS[type(command)](command)

FLOWS = {Revoke: invitations.plan, CopyLink: lenient}
"""
SAMPLE_FLOWS = {
    "handlers.flows.invitations": "def plan(c):\n    return Plan(_run)\n\ndef _run(c):\n    people.check(c)",
    "handlers.flows.people": "def check(c):\n    policy.check(c)",
}


def test_a_forgotten_flow_is_found() -> None:
    assert without_flow(["Invite", "Deny", "Revoke", "Cancel"], SAMPLE_GATE) == {"Cancel"}


def test_a_forgotten_rule_is_found() -> None:
    named = ["Invite", "Resend", "Deny", "Revoke"]
    lax = {**SAMPLE_FLOWS, "handlers.flows.people": "def check(c):\n    pass"}
    assert without_rule(named, SAMPLE_GATE, SAMPLE_FLOWS) == set()
    assert without_rule(named, SAMPLE_GATE, lax) == {"Invite", "Resend", "Revoke"}
    assert without_rule(["CopyLink"], SAMPLE_GATE, SAMPLE_FLOWS) == {"CopyLink"}
    assert without_rule(named, SAMPLE_GATE.replace("policy.acts(facts)", "pass"), SAMPLE_FLOWS) == {"Deny"}


@pytest.mark.parametrize(
    "source",
    [
        "from handlers.commands import Cancel",
        "def perform(command: Cancel) -> None: ...",
        "match command:\n    case Cancel():\n        pass",
    ],
)
def test_a_command_that_no_door_makes_is_found(source: str) -> None:
    assert without_door(["Cancel"], {"bot.door": source}) == {"Cancel"}


@pytest.mark.parametrize("source", ["perform(Cancel(request))", "press = does(Cancel)", "Form(command=Cancel)"])
def test_a_command_that_a_door_makes_is_seen(source: str) -> None:
    assert without_door(["Cancel"], {"bot.door": source}) == set()


def test_a_result_without_words_is_found() -> None:
    wording = {"bot.wording.outcomes": "match result:\n    case Invited(people=p):\n        pass"}
    assert without_words(["Invited", "Voted"], wording) == {"Voted"}
