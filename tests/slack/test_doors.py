"""What people type, press and send in Slack, and what they then read: the real bot beside the pretend Slack."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground import Message
from storage import tables
from tests.slack.office import Office, Shelf, office, reopened

CODE = re.compile(r"\b(\d{8})\b")


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[Office]:
    """Ada is super admin; nobody else is there yet."""
    async with office(tmp_path) as running:
        await running.found()
        yield running


def cards(office_: Office, channel: str = "general") -> list[Message]:
    return [message for message in office_.person("ada").messages(channel) if not message.ephemeral_to]


# Setting up and coming in ---------------------------------------------------------------------------------------------


async def test_before_the_setup_everybody_is_told_who_can_set_up(tmp_path: Path) -> None:
    async with office(tmp_path) as running:
        assert "A workspace owner or admin" in (await running.person("grace").type("/usher invite a@x.org")).text
        assert (await running.person("grace").type("/usher setup")).text.startswith("Refused. Only an owner or admin")
        assert "/usher setup" in (await running.person("ada").type("/usher help")).text


async def test_who_sets_up_gets_a_link_that_only_they_see(tmp_path: Path) -> None:
    async with office(tmp_path) as running:
        ada = running.person("ada")
        await ada.type("/usher setup")
        done = await ada.submit(name="Acme")
        assert done.view
        assert "Done. Acme is set up" in done.view.words
        again = await ada.type("/usher setup")
        assert again.text.startswith("Refused. This workspace has its organization already.")


async def test_an_invitation_is_accepted_by_its_button_and_the_button_is_gone(acme: Office) -> None:
    assert (await acme.person("ada").type("/usher invite grace@example.org as member")).text.startswith("Done. Invited")
    await acme.settle()
    grace = acme.person("grace")
    await grace.press("accept")
    [offer] = grace.dm()
    assert offer.text.startswith("Done. Welcome to Acme: you are in as Member.")
    assert not offer.controls


async def test_a_form_invites_one_or_many_and_keeps_what_was_typed_when_something_is_wrong(acme: Office) -> None:
    ada = acme.person("ada")
    await ada.type("/usher invite")
    wrong = await ada.submit(emails="nonsense", role="Member")
    assert "nonsense" in wrong.errors["emails"]
    shown = await ada.submit(emails="grace@example.org\nlinus@example.org, eve@example.org", role="Member")
    assert shown.view
    assert "Nothing is sent yet. 3 people will be invited as Member" in shown.view.words
    done = await ada.submit()
    assert done.view
    assert "Invited grace@example.org, linus@example.org and eve@example.org as Member" in done.view.words


async def test_inviting_somebody_again_says_so_and_what_helps(acme: Office) -> None:
    await acme.welcome("grace")
    ada = acme.person("ada")
    await ada.type("/usher invite linus@example.org as member")
    answer = await ada.type("/usher invite linus@example.org, GRACE@example.org as member")
    assert answer.text.startswith("Refused. Nobody was invited.")
    assert "already invited: linus@example.org (Resend" in answer.text
    assert "already a member: " in answer.text
    mixed = await ada.type("/usher invite linus@example.org, eve@example.org as member")
    assert mixed.message
    listed = await ada.press("Invitations")
    assert listed.message
    assert "linus@example.org" in listed.text
    assert (await ada.press("Resend", on=listed.message)).text.startswith("Done. A new invitation for")


async def test_invitations_are_turned_page_by_page_in_place(acme: Office) -> None:
    ada = acme.person("ada")
    await ada.type("/usher invite " + ", ".join(f"p{n}@example.org" for n in range(23)) + " as member")
    listed = (await ada.type("/usher invitations")).message
    assert listed
    assert listed.text.startswith("10 of 23 invitations")
    count = len(ada.messages())
    second = (await ada.press("Next")).message
    third = (await ada.press("Next")).message
    assert second
    assert third
    pages = [set[str](re.findall(r"p\d+@", message.text)) for message in (listed, second, third)]
    assert [len(page) for page in pages] == [10, 10, 3]
    assert len(pages[0] | pages[1] | pages[2]) == 23
    back = (await ada.press("Previous")).message
    assert back
    assert set(re.findall(r"p\d+@", back.text)) == pages[1]
    assert len(ada.messages()) == count


async def test_a_copied_link_is_shown_to_who_asked_and_a_revoked_one_is_gone(acme: Office) -> None:
    ada = acme.person("ada")
    await ada.type("/usher invite p@example.org as member")
    await ada.type("/usher invitations")
    copied = await ada.press("Copy invite link")
    assert copied.message
    assert copied.message.ephemeral_to == ada.id
    assert "/invitations/" in copied.text
    assert (await ada.press("Revoke")).text.startswith("Done. The invitation of")
    assert (await ada.press("Revoke")).text.startswith("Refused. This invitation is no longer open.")


@pytest.mark.invariant(28)
async def test_an_account_is_connected_by_a_mailed_code_and_not_by_its_address(acme: Office) -> None:
    ada, linus = acme.person("ada"), acme.person("linus")
    await ada.type("/usher invite elsewhere@example.org as member")
    assert "/access connect" in (await linus.type("/access mine")).text
    await linus.type("/access connect")
    sent = await linus.submit(email="elsewhere@example.org")
    assert sent.view
    assert "code of eight digits is on its way" in sent.view.words
    await acme.settle()
    assert "isn't right" in (await linus.submit(code="00000000")).errors["code"]


async def test_a_mailed_code_connects_the_account_to_its_member(acme: Office) -> None:
    """Grace came in elsewhere: her membership has an address that Slack does not know."""
    await acme.welcome("grace")
    world = acme.ground.world
    other = acme.person("eve")
    world.put_user(other.user.evolve(email="eve.elsewhere@example.org"))
    sent = await other.type("/access connect grace@example.org")
    assert sent.text.startswith("Done. A code is on its way")
    form = await other.wait_for_modal("One-time code")
    assert form
    await acme.settle()
    assert not [mail for mail in acme.mailbox.messages if mail.to == "eve.elsewhere@example.org"]
    code = CODE.search(next(mail.text for mail in reversed(acme.mailbox.messages) if mail.to == "grace@example.org"))
    assert code
    done = await other.submit(code=code[1])
    assert done.view
    assert "grace@example.org" in done.view.words


async def test_who_is_connected_already_is_told_so(acme: Office) -> None:
    await acme.welcome("grace")
    await acme.enrol("grace")
    grace = acme.person("grace")
    assert (await grace.type("/access connect")).text.startswith("Refused. This Slack account is connected")
    assert "2FA: Enabled" in (await grace.type("/access me")).text


# Changing roles -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("staffed"))


@pytest.fixture
async def staffed(shelf: Shelf, tmp_path: Path) -> AsyncIterator[Office]:
    """Ada with an authenticator; Grace is admin, with one too; Linus and Eve are members. Hired once for all tests."""
    if shelf.now is None:
        async with office(shelf.folder) as first:
            await hire(first)
        shelf.keep(first)
    async with reopened(shelf, tmp_path) as running:
        yield running


async def hire(acme: Office) -> None:
    ada = await acme.found()
    for name in ("grace", "linus", "eve"):
        await acme.welcome(name)
    await acme.enrol("ada")
    await ada.type(f"/usher role {acme.person('grace').mention} admin because she approves")
    await ada.wait_for_modal("One-time code")
    await ada.submit(code=acme.code("ada"))
    await acme.enrol("grace")
    await acme.settle()


async def test_where_nobody_else_may_approve_the_askers_own_code_form_opens(acme: Office) -> None:
    await acme.welcome("grace")
    await acme.enrol("ada")
    ada = acme.person("ada")
    answer = await ada.type(f"/usher role {acme.person('grace').mention} admin because she approves")
    assert answer.text.startswith("Waiting for your one-time code")
    form = await ada.wait_for_modal("Nobody else here could approve this")
    assert "she approves" in form.words
    assert "isn't right" in (await ada.submit(code="000000")).errors["code"]
    done = await ada.submit(code=acme.code("ada"))
    assert done.view
    assert "Done. Approved, and the change has run." in done.view.words


async def test_the_same_lone_way_from_the_form_goes_on_in_that_form(acme: Office) -> None:
    await acme.welcome("grace")
    await acme.enrol("ada")
    ada = acme.person("ada")
    await ada.type("/usher role grace@example.org")
    code_form = await ada.submit(role="Admin", reason="she approves")
    assert code_form.view
    assert "One-time code" in code_form.view.words
    done = await ada.submit(code=acme.code("ada"))
    assert done.view
    assert "Done. Approved" in done.view.words


async def test_five_wrong_codes_close_the_form(acme: Office) -> None:
    await acme.welcome("grace")
    await acme.enrol("ada")
    ada = acme.person("ada")
    await ada.type("/usher role grace@example.org admin")
    await ada.wait_for_modal("One-time code")
    for _ in range(5):
        assert (await ada.submit(code="000000")).errors
    closed = await ada.submit(code=acme.code("ada"))
    assert closed.view
    assert "Five wrong codes have closed this form." in closed.view.words


@pytest.mark.invariant(34)
async def test_a_card_asks_for_a_code_and_is_rewritten_after_the_change_has_run(staffed: Office) -> None:
    ada, grace, linus = (staffed.person(name) for name in ("ada", "grace", "linus"))
    answer = await ada.type(f"/usher role {linus.mention} admin because he helps")
    assert answer.text.startswith("Waiting for the approval of")
    await staffed.settle()
    await grace.press("Approve")
    form = await grace.wait_for_modal("One-time code")
    assert "he helps" in form.words
    assert "Member → Admin" in form.words
    done = await grace.submit(code=staffed.code("grace"))
    assert done.view
    await staffed.settle()
    card = await grace.wait_for("Approved")
    assert not card.controls
    assert "The change has run." in card.text


@pytest.mark.invariant(32)
async def test_nobody_decides_on_what_they_asked_for(staffed: Office) -> None:
    eve = staffed.person("eve")
    await eve.type("/access request manager for 4h because I <!channel> *must*")
    await staffed.settle()
    [card] = cards(staffed)
    assert "<!channel>" not in card.text
    assert (await eve.press("Approve", on=card)).text.startswith("Refused. Nobody decides on what they asked for")
    assert (await eve.press("Deny", on=card)).text.startswith("Refused. Nobody decides on what they asked for")
    assert (await staffed.person("linus").press("Approve", on=card)).text.startswith("Refused. Your role doesn't allow")
    assert (await staffed.person("linus").press("Deny", on=card)).text.startswith("Refused. Your role doesn't allow")


async def test_a_denial_takes_a_reason_that_whoever_asked_reads(staffed: Office) -> None:
    eve, grace = staffed.person("eve"), staffed.person("grace")
    await eve.type("/access request manager because I look after newcomers")
    await staffed.settle()
    [card] = cards(staffed)
    await grace.press("Deny", on=card)
    await grace.wait_for_modal("I look after newcomers")
    assert (await grace.submit(reason=" ")).errors
    await grace.submit(reason="Not before <spring> & *summer*")
    await staffed.settle()
    told = eve.dm()[-1]
    assert "Not before &lt;spring&gt; &amp;" in told.text
    [card] = cards(staffed)
    assert card.text.splitlines()[-1].startswith("Denied by")
    assert not card.controls


@pytest.mark.invariant(35)
async def test_a_forwarded_card_gives_nothing(staffed: Office) -> None:
    eve, grace = staffed.person("eve"), staffed.person("grace")
    await eve.type("/access request manager because I look after newcomers")
    await staffed.settle()
    [card] = cards(staffed)
    world = staffed.ground.world
    copied = world.put_message(card.evolve(ts=world.next_ts(), channel=world.im_with(grace.id).id))
    await grace.press("Approve", on=copied)
    if grace.modal:
        done = await grace.submit(code=staffed.code("grace"))
        assert done.view
        assert "Refused. This message isn't the card" in done.view.words
    else:
        assert "This message isn't the card" in grace.messages()[-1].text
    [card] = cards(staffed)
    assert card.controls


@pytest.mark.invariant(35)
async def test_pressing_on_a_copy_that_was_never_recorded_rewrites_it(staffed: Office) -> None:
    """Killed between Slack's answer and its recording, Usher posts a second card; the first must mislead nobody."""
    eve, grace = staffed.person("eve"), staffed.person("grace")
    await eve.type("/access request manager because I look after newcomers")
    await staffed.settle()
    [card] = cards(staffed)
    async with staffed.bot.usher.store.transaction(None, at=staffed.clock(), lock=False) as tx:
        await tx.connection.execute(tables.cards.delete())
    staffed.clock.advance(minutes=3)
    await grace.press("Approve", on=card)
    [left] = cards(staffed)
    assert left.text.startswith("Refused. This message isn't the card")
    assert not left.controls


async def test_a_request_is_cancelled_by_word_button_or_home(staffed: Office) -> None:
    eve = staffed.person("eve")
    for cancel in ("word", "button", "home"):
        await eve.type("/access request manager because I look after newcomers")
        match cancel:
            case "word":
                assert (await eve.type("/access cancel")).text.startswith("Done. The request is cancelled")
            case "button":
                assert (await eve.press("Cancel")).text.startswith("Done. The request is cancelled")
            case _:
                home = await eve.open_home()
                assert home
                answer = await eve.press("Cancel", on=home)
                assert answer.view
                assert "Done. The request is cancelled" in answer.view.words
    assert (await eve.type("/access cancel")).text.startswith("Unclear. None of your requests is waiting")


async def test_approvals_can_be_decided_where_they_are_listed(staffed: Office) -> None:
    eve, grace = staffed.person("eve"), staffed.person("grace")
    await eve.type("/access request manager because I look after newcomers")
    listed = (await grace.type("/usher approvals")).message
    assert listed
    assert "I look after newcomers" in listed.text
    await grace.press("Approve", on=listed)
    await grace.wait_for_modal("One-time code")
    done = await grace.submit(code=staffed.code("grace"))
    assert done.view
    assert "Done. Approved, and the change has run." in done.view.words


async def test_home_shows_each_person_what_they_hold_what_waits_and_what_they_can_do(staffed: Office) -> None:
    eve, grace = staffed.person("eve"), staffed.person("grace")
    await eve.type("/access request manager for 8h because I look after newcomers")
    of_eve, of_grace = await eve.open_home(), await grace.open_home()
    assert of_eve
    assert of_grace
    assert {"My access", "My requests"} <= set(of_eve.words.splitlines())
    assert "Invite people" not in of_eve.words
    assert {"Waiting for your decision", "Invite people", "Deactivate"} <= set(of_grace.words.splitlines())
    await grace.press("Approve", on=of_grace)
    await grace.wait_for_modal("One-time code")
    await grace.submit(code=staffed.code("grace"))
    await grace.close()
    await grace.open_home()
    assert grace.home
    assert "Waiting for your decision" not in grace.home.words


async def test_homes_buttons_open_the_same_forms(staffed: Office) -> None:
    grace = staffed.person("grace")
    home = await grace.open_home()
    assert home
    for label, title in (
        ("Invite people", "Invite people"),
        ("Change role", "Change a role"),
        ("Deactivate", "Deactivate"),
    ):
        await grace.press(label, on=home)
        form = await grace.wait_for_modal()
        assert form.title == title
        await grace.close()
    assert "Linus Pauling (linus@example.org)" in await suggested(staffed, "deactivate", "lin")
    assert await suggested(staffed, "reactivate", "lin") == []


async def suggested(office_: Office, verb: str, typed: str) -> list[str]:
    grace = office_.person("grace")
    await grace.type(f"/usher {verb}")
    await grace.wait_for_modal()
    found = [option.text for option in await grace.suggest("person", typed)]
    await grace.close()
    return found


async def test_who_is_deactivated_reads_so_everywhere(staffed: Office) -> None:
    ada, linus = staffed.person("ada"), staffed.person("linus")
    await ada.type("/usher deactivate")
    done = await ada.submit(person="Linus Pauling (linus@example.org)", reason="on leave")
    assert done.view
    assert "is deactivated" in done.view.words
    assert (await linus.type("/access request manager because why not")).text.startswith(
        "Refused. You aren't active in Acme"
    )
    home = await linus.open_home()
    assert home
    assert "You aren't active in Acme" in home.words
    assert (await ada.type("/usher reactivate linus@example.org")).text.startswith("Done.")


# Shortcuts ------------------------------------------------------------------------------------------------------------


async def test_the_shortcuts_open_their_forms(staffed: Office) -> None:
    grace, linus = staffed.person("grace"), staffed.person("linus")
    await grace.shortcut("invite_people")
    assert (await grace.wait_for_modal()).title == "Invite people"
    await linus.shortcut("invite_people")
    assert "Refused. Your role doesn't allow this." in (await linus.wait_for_modal()).words
    await linus.close()
    await linus.shortcut("request_access")
    assert (await linus.wait_for_modal()).title == "Request access"


async def test_a_messages_author_is_given_access_or_access_is_asked_for_them(staffed: Office) -> None:
    eve, grace, linus = (staffed.person(name) for name in ("eve", "grace", "linus"))
    message = await eve.post("general", "I need to see the numbers")
    await grace.shortcut("give_author_access", message=message)
    form = await grace.wait_for_modal()
    assert form.title == "Change a role"
    person = next(control for control in form.inputs if control.block_id == "person")
    assert person.element["initial_option"]["text"]["text"] == "<!channel> *Eve*"
    await linus.shortcut("give_author_access", message=message)
    asked = await linus.wait_for_modal()
    assert asked.title == "Request access"
    done = await linus.submit(role="Manager", reason="she needs it")
    assert done.view
    assert "Waiting for the approval" in done.view.words


# Who may not come in --------------------------------------------------------------------------------------------------


@pytest.mark.invariant(28)
async def test_guests_and_people_of_other_workspaces_are_refused_kindly(staffed: Office) -> None:
    eve = staffed.person("eve")
    await eve.type("/access request manager because I look after newcomers", channel="general")
    await staffed.settle()
    [card] = cards(staffed)
    world = staffed.ground.world
    shared = world.channel_named("partners")
    assert shared
    for name in ("gus", "olga"):
        person = staffed.person(name)
        world.put_channel(shared.evolve(members=shared.members | {person.id}))
        there = world.put_message(card.evolve(ts=world.next_ts(), channel=shared.id))
        answer = await person.press("Approve", on=there)
        assert "Only full members of this Slack workspace" in answer.words


async def test_what_slack_says_of_somebody_takes_effect_at_once(staffed: Office) -> None:
    linus = staffed.person("linus")
    assert (await linus.type("/access mine")).text.startswith("What you hold")
    await staffed.ground.office.change(linus.id, is_restricted=True)
    assert (await linus.type("/access mine")).text.startswith("Refused. Only full members")


# When Slack does not do its part --------------------------------------------------------------------------------------


async def test_a_form_that_does_not_open_leaves_the_command_to_type_instead(staffed: Office) -> None:
    ada = staffed.person("ada")
    staffed.ground.world.faults.plan("views.open", error="expired_trigger_id")
    answer = await ada.type("/usher role linus@example.org for 8h because *he* helps")
    assert answer.text.startswith("Unclear. Slack did not open the form")
    assert "`/usher role linus@example.org ROLE for 8h because *he* helps`" in answer.text


async def test_an_answer_that_slack_does_not_take_arrives_as_a_direct_message(staffed: Office) -> None:
    ada = staffed.person("ada")
    home = await ada.open_home()
    assert home
    staffed.ground.world.faults.plan("views.open", error="expired_trigger_id")
    await ada.press("About me", on=home)
    assert "Role: Super admin" in (await ada.wait_for("Role: Super admin")).text


async def test_somebody_whom_slack_does_not_name_is_asked_to_try_again(staffed: Office) -> None:
    linus = staffed.person("linus")
    staffed.clock.advance(hours=2)
    staffed.ground.world.faults.plan("users.info", status=503, times=5)
    answer = await linus.type("/access mine")
    assert answer.text.startswith("Refused. Slack did not say who you are")
    staffed.ground.world.faults.clear()
    assert (await linus.type("/access mine")).text.startswith("What you hold")


async def test_a_button_of_an_earlier_version_breaks_nothing(staffed: Office) -> None:
    ada = staffed.person("ada")
    world = staffed.ground.world
    old = {
        "type": "actions",
        "block_id": "x",
        "elements": [{"type": "button", "action_id": "gone", "text": {"type": "plain_text", "text": "Old"}}],
    }
    message = (await ada.type("/usher help")).message
    assert message
    kept = world.put_message(replace(message, blocks=[old]))
    answer = await ada.press("Old", on=kept)
    assert answer.status == 200
