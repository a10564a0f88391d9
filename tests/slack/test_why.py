"""*Why* and *who can* in Slack: typed, by their forms and page by page, with the answer that other software gets."""

from collections.abc import AsyncIterator
from html import unescape

import pytest

from handlers.commands import (
    SYSTEM,
    AcceptInSlack,
    Account,
    Actor,
    AddResource,
    ChangeRole,
    Command,
    CreateGroup,
    CreateSpace,
    Deactivate,
    Done,
    Invite,
    JoinGroup,
    NoteAccount,
    SetPermissions,
    Share,
    Thing,
)
from handlers.commands import Person as Someone
from tests.asking import asking
from tests.conftest import Settled
from tests.doors import Team, team

HOURS = "8h"


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    """Linus owns the space Apollo; an image lies in it, and two dashboards in none."""
    async with team(settled.url, settled.kept) as found:
        await does(found, "linus", CreateSpace("Apollo"))
        await does(found, "ada", AddResource("image", "42", "Nginx image", "Apollo"))
        await does(found, "ada", AddResource("dashboard", "17", "Costs Q3"))
        await does(found, "ada", CreateGroup("Design"))
        await does(found, "ada", JoinGroup((someone("mei@example.com"),), "Design"))
        await does(found, "ada", Share(Thing("dashboard", "17"), groups=("Design",)))
        yield found


def someone(email: str) -> Someone:
    return Someone(email=email)


async def does(acme: Team, who: str, command: Command) -> None:
    outcome = await acme.bot.usher.gate.perform(command, by=acme.by(who))
    assert isinstance(outcome, Done), outcome


async def lines(acme: Team, who: str, typed: str) -> list[str]:
    return (await getattr(acme, who).type(f"/usher {typed}")).text.split("\n")


@pytest.mark.seed("001-46", "003-01", "002-25")
async def test_the_answer_names_the_rule_the_grant_and_who_gave_it(acme: Team) -> None:
    await does(acme, "linus", ChangeRole(someone("mei@example.com"), "viewer", "Apollo"))
    yes, decided, seen = await lines(acme, "ada", "why @mei can read image:42")
    assert yes == f"Yes. <@{acme.mei.id}> can `read` the image Nginx image."
    assert decided.startswith("What decided: The role Viewer in the space Apollo opens `image:read` (given by <@")
    assert f"(given by <@{acme.linus.id}>, for good)." in decided
    assert seen.startswith("For it: The role Viewer in the space Apollo shows what lies in it")
    no, why, *_, ask = await lines(acme, "ada", "why @mei can scan image:42")
    assert no == f"No. <@{acme.mei.id}> can't `scan` the image Nginx image."
    assert why.startswith("What decided: The role Viewer in the space Apollo doesn't open `image:scan`")
    assert ask == "Ask for it: `/access request owner in Apollo for mei@example.com because REASON`"


async def test_until_when_a_role_counts_is_told_and_afterwards_what_lies_below_decides(acme: Team) -> None:
    assert (await acme.ada.type(f"/usher role @mei guest for {HOURS}")).text.startswith("Done")
    _, decided, *_ = await lines(acme, "ada", "why @mei can spaces:create organization")
    assert decided.startswith("What decided: The role Guest doesn't open `spaces:create`")
    assert f"(given by <@{acme.ada.id}>, until 2 Mar 2026, 20:0" in decided
    acme.bot.clock.pass_by(hours=9)
    yes, *_ = await lines(acme, "ada", "why @mei can spaces:create organization")
    assert yes.startswith("Yes.")


@pytest.mark.seed("004-125", "004-126", "004-127", "004-62", "002-23")
async def test_whoever_cannot_see_a_dashboard_reads_what_is_missing(acme: Team) -> None:
    no, decided, role, ask = await lines(acme, "linus", "why me can view dashboard:17")
    assert no == "No. You can't `view` the dashboard 17."
    assert decided == ("What decided: Only its list shows a dashboard, and neither you nor a group of yours is on it.")
    assert role.startswith("For it: The role Member opens `dashboard:view`")
    assert ask == "Ask for it: `/access request dashboard:17 because REASON`"
    # Its name is for those who see it.
    assert (await lines(acme, "linus", "why me can view dashboard:costs q3"))[0].startswith("Refused. There is no")
    yes, _, seen = await lines(acme, "mei", "why I can view dashboard:costs q3")
    assert yes == "Yes. You can `view` the dashboard Costs Q3."
    assert seen.startswith("For it: The group Design is on its list, and you are in it (given by")


@pytest.mark.seed("004-74", "004-79", "004-84", "004-86", "004-92")
async def test_a_toggle_and_a_closed_account_say_what_opens_them(acme: Team) -> None:
    no, decided, way = await lines(acme, "ada", "why @mei can use feature:AI Chat Access")
    assert no.endswith("can't use AI Chat Access.")
    assert decided == "What decided: AI Chat Access is off for the role Member."
    assert way == "Whoever may change permissions can: `/usher permissions mei@example.com`."
    await does(acme, "ada", SetPermissions(someone("mei@example.com"), on=("ai_chat",)))
    yes, decided = await lines(acme, "ada", "why @mei can use feature:ai_chat")
    assert (yes[:4], decided) == ("Yes.", "What decided: AI Chat Access is switched on for them.")
    await does(acme, "ada", Invite(("new@example.com",), "member"))
    _, decided, way = await lines(acme, "ada", "why new@example.com can spaces:create organization")
    assert decided == "What decided: The invitation is not accepted yet, and until then it opens nothing."
    assert way == "`/usher invitations` shows it, with Resend."
    await does(acme, "ada", Deactivate(someone("mei@example.com")))
    _, decided, way = await lines(acme, "ada", "why mei@example.com can view dashboard:17")
    assert decided == "What decided: The account is deactivated, and that closes everything."
    assert way == "`/usher reactivate` opens the account again."


# Who may ask ----------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(25, 27)
async def test_others_are_asked_about_by_who_may_list_them_or_the_things_space(acme: Team) -> None:
    refused = "Refused. Your role doesn't allow this."
    assert (await acme.mei.type("/usher why @linus can read image:42")).text.startswith(refused)
    assert (await acme.mei.type("/usher why @linus can read image:nothing")).text.startswith(refused)
    assert (await acme.mei.type("/usher who can read image:42")).text.startswith(refused)
    # Linus owns the space that the image lies in, and nothing else.
    assert (await acme.linus.type("/usher why @mei can read image:42")).text.startswith("No.")
    assert (await acme.linus.type("/usher who can read image:42")).text.startswith("These can")
    assert (await acme.linus.type("/usher why @mei can view dashboard:17")).text.startswith(refused)
    assert (await acme.linus.type("/usher why @mei can members:invite organization")).text.startswith(refused)


async def test_what_is_not_there_is_answered_kindly(acme: Team) -> None:
    says = {
        "why nobody@example.com can read image:42": "Refused. “nobody@example.com” is no member here.",
        "why @mei can read image:7": "Refused. There is no “image:7” here",
        "why @mei can space:read space:Nowhere": "Refused. There is no",
        "why @mei can read imgae:7": "Unclear. “imgae” is no kind of thing here.",
        "why @mei can members:list organization:other": "Refused. You are in no organization “other”",
    }
    answers = {typed: (await acme.ada.type(f"/usher {typed}")).text for typed in says}
    assert [answers[typed] for typed, begins in says.items() if not answers[typed].startswith(begins)] == []


# The same answer ------------------------------------------------------------------------------------------------------


@pytest.mark.invariant(25)
async def test_slack_gives_the_answer_and_the_reasons_of_the_endpoint(acme: Team) -> None:
    asked = [
        ("mei", "read", "image", "42"),
        ("linus", "scan", "image", "42"),
        ("mei", "view", "dashboard", "17"),
        ("mei", "edit", "dashboard", "17"),
        ("grace", "members:invite", "organization", "acme"),
        ("linus", "space:access", "space", "apollo"),
        ("grace", "space:access", "space", "apollo"),
        ("mei", "use", "feature", "ai_chat"),
    ]
    async with asking(acme.bot) as software:
        for who, action, sort, named in asked:
            said = await lines(acme, "ada", f"why @{who} can {action} {sort}:{named}")
            heard = await software.asks(f"{who}@example.com", action, sort, named)
            assert said[0].startswith("Yes." if heard["decision"] else "No.")
            rules = [reason.partition(" (")[0].removesuffix(".") for reason in heard["context"]["reasons"]]
            shown = [_unnamed(line) for line in said[1 : len(rules) + 1]]
            assert [rule for rule, line in zip(rules, shown, strict=True) if rule not in line] == []


def _unnamed(line: str) -> str:
    """Software is told no names of groups and spaces, which it knows by their ids."""
    plain = unescape(line).replace("`", "")
    return plain.replace("the space Apollo", "this space").replace("The group Design", "A group")


# Who can --------------------------------------------------------------------------------------------------------------


async def test_who_can_is_told_by_address_each_with_the_reason(acme: Team) -> None:
    head, *rows = await lines(acme, "ada", "who can members:invite organization")
    assert head == "These can `members:invite` in Acme, by address:"
    assert [row.partition(":")[0] for row in rows] == [f"<@{one.id}>" for one in (acme.ada, acme.grace)]
    assert "The role Super admin opens `members:invite` (held since the organization was set up" in rows[0]
    assert (await lines(acme, "ada", "who can view dashboard:17"))[1].endswith(
        "The group Design is on its list, and they are in it."
    )


async def test_a_long_answer_has_pages_and_starts_again(acme: Team) -> None:
    for number in range(10):
        await _another(acme, number)
    assert await _pages(acme, "who can spaces:create organization") == [10, 4]


async def _another(acme: Team, number: int) -> None:
    team_, email = acme.bot.playground.world.team.id, f"p{number}@example.com"
    account = Account(team_, f"U9{number:04}")
    gate = acme.bot.usher.gate
    note = NoteAccount(
        account=account,
        workspace=team_,
        name=f"P {number}",
        email=email,
        timezone="UTC",
        deleted=False,
        guest=False,
        bot=False,
        stranger=False,
        workspace_admin=False,
    )
    await gate.perform(note, by=SYSTEM)
    await does(acme, "ada", Invite((email,), "member"))
    rows = (await acme.bot.usher.queries.invitations(await acme.desk("ada"))).rows
    accepted = AcceptInSlack(next(row.id for row in rows if row.member.email == email))
    assert isinstance(await gate.perform(accepted, by=Actor(via="slack", account=account)), Done)


async def _pages(acme: Team, typed: str) -> list[int]:
    """How many rows each page has; pressing on leads to the last one, and then back to the first."""
    shown = (await acme.ada.type(f"/usher {typed}")).message
    assert shown
    first, counts = shown.text, [len(shown.text.split("\n")) - 1]
    while "Next" in {control.label for control in shown.controls}:
        shown = (await acme.ada.press("Next", on=shown)).message
        assert shown
        counts.append(len(shown.text.split("\n")) - 1)
    if len(counts) > 1:
        shown = (await acme.ada.press("First page", on=shown)).message
        assert shown
        assert shown.text == first
    return counts


# The forms ------------------------------------------------------------------------------------------------------------


async def test_the_form_asks_step_by_step(acme: Team) -> None:
    await acme.ada.type("/usher why @mei can read")
    await acme.ada.press("What kind of thing", choose="Image")
    form = await acme.ada.wait_for_modal("Action")
    assert [control.label for control in form.inputs] == ["Person", "What kind of thing", "Image", "Action"]
    empty = await acme.ada.submit()
    assert set(empty.errors) == {"thing-image", "action-image"}
    answer = await acme.ada.submit(image="Nginx image (42)", action="read")
    assert answer.view
    assert "No. " in answer.view.words
    assert "What decided: They don't see it" in answer.view.words
    await acme.ada.close()
    await acme.ada.type("/usher who can")
    await acme.ada.press("What kind of thing", choose="Image")
    await acme.ada.wait_for_modal("Action")
    await acme.ada.press("What kind of thing", choose="Feature")
    await acme.ada.wait_for_modal("Feature")
    answer = await acme.ada.submit(feature="AI Chat Access")
    assert answer.view
    assert "These can use AI Chat Access, by address:" in answer.view.words


async def test_whoever_may_not_ask_about_others_is_asked_for_no_person(acme: Team) -> None:
    form = (await acme.mei.type("/usher why")).view
    assert form
    assert "This is about you" in form.words
    assert [control.label for control in form.inputs] == ["What kind of thing"]
    await acme.mei.press("What kind of thing", choose="Space")
    await acme.mei.wait_for_modal("Action")
    answer = await acme.mei.submit(space="Apollo", action="space:read")
    assert answer.view
    assert "What decided: " in answer.view.words
    assert (await acme.mei.type("/usher who can")).text.startswith("Refused.")
