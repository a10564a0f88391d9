"""Each line: what somebody types, and what it means."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.grammar import LONGEST, Act, CancelWhich, OpenForm, Reading, Show, Slash, Unclear, read
from handlers.commands import (
    ChangeRole,
    Command,
    Deactivate,
    Invite,
    Person,
    Reactivate,
    RequestAccess,
    StartConnecting,
)
from handlers.models import Desk
from tests.slack.desks import NOW, desk, newcomer

SLASHES: dict[str, Slash] = {"/usher": "/usher", "/access": "/access"}
BOB = Person(slack="U0BOB")
EIGHT_HOURS = timedelta(hours=8)


def reading(typed: str, who: Desk | None = None) -> Reading:
    slash, _, text = typed.partition(" ")
    return read(SLASHES[slash], text, desk=who or desk(), now=NOW)


def act(typed: str, who: Desk | None = None) -> Command:
    found = reading(typed, who)
    assert isinstance(found, Act), found
    return found.command


def unclear(typed: str, who: Desk | None = None) -> Unclear:
    found = reading(typed, who)
    assert isinstance(found, Unclear), found
    return found


AB = ("a@b.org", "c@d.org")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a@b.org as member", Invite(("a@b.org",), "member")),
        ("a@b.org AS Member", Invite(("a@b.org",), "member")),
        ("a@b.org member", Invite(("a@b.org",), "member")),
        ("member a@b.org", Invite(("a@b.org",), "member")),
        ("as member a@b.org, c@d.org", Invite(AB, "member")),
        ("a@b.org, c@d.org as member", Invite(AB, "member")),
        ("a@b.org,c@d.org as member", Invite(AB, "member")),
        ("a@b.org; c@d.org as member", Invite(AB, "member")),
        ("a@b.org c@d.org as member", Invite(AB, "member")),
        ("a@b.org and c@d.org as member", Invite(AB, "member")),
        ("a@b.org\nc@d.org\nas member", Invite(AB, "member")),
        ("a@b.org,\r\nc@d.org,\r\nas member", Invite(AB, "member")),
        ('"a@b.org, c@d.org" as member', Invite(AB, "member")),
        ("“a@b.org” as member", Invite(("a@b.org",), "member")),
        ("<mailto:a@b.org|a@b.org>, <mailto:c@d.org|c@d.org> as member", Invite(AB, "member")),
        ("<mailto:a@b.org|a@b.org> <mailto:c@d.org|c@d.org> member", Invite(AB, "member")),
        ("“<mailto:a@b.org|a@b.org>” member", Invite(("a@b.org",), "member")),
        ("<mailto:a@b.org?subject=hi|a@b.org> member", Invite(("a@b.org",), "member")),
        ("Al B &lt;<mailto:a@b.org|a@b.org>&gt;, C &lt;c@d.org&gt; as member", Invite(AB, "member")),
        # Bad addresses and repeated ones stay in the list, so that each is answered for.
        ("a@b.org, A@B.ORG as member", Invite(("a@b.org", "A@B.ORG"), "member")),
        ("a@b.org, nobody as member", Invite(("a@b.org", "nobody"), "member")),
        ("a@b.org nobody as member", Invite(("a@b.org", "nobody"), "member")),
        ("a@b.org, a@@b as member", Invite(("a@b.org", "a@@b"), "member")),
        ("a@b.org, <@U0BOB|bob> as member", Invite(("a@b.org", "@bob"), "member")),
        ("nobody a@b.org member", Invite(("nobody", "a@b.org"), "member")),
        # The longest known name of a role wins, however it is spelt.
        ("a@b.org as super admin", Invite(("a@b.org",), "super_admin")),
        ("a@b.org super admin", Invite(("a@b.org",), "super_admin")),
        ("a@b.org as SUPER_ADMIN", Invite(("a@b.org",), "super_admin")),
        ("a@b.org as “Super Admin”", Invite(("a@b.org",), "super_admin")),
        ("a@b.org as super-admin", Invite(("a@b.org",), "super_admin")),
        # Spaces, groups, names.
        ("a@b.org as viewer to Apollo", Invite(("a@b.org",), "viewer", "Apollo")),
        ("a@b.org as viewer in Apollo", Invite(("a@b.org",), "viewer", "Apollo")),
        ("a@b.org viewer Apollo", Invite(("a@b.org",), "viewer", "Apollo")),
        ("a@b.org as viewer to «Road to Mars»", Invite(("a@b.org",), "viewer", "Road to Mars")),
        ("a@b.org as viewer to <#C0APOLLO|apollo>", Invite(("a@b.org",), "viewer", "apollo")),
        ("a@b.org as viewer to R&amp;D", Invite(("a@b.org",), "viewer", "R&D")),
        ("a@b.org as member groups Red, Deep Blue", Invite(("a@b.org",), "member", None, ("Red", "Deep Blue"))),
        ("a@b.org as member groups Red\nBlue", Invite(("a@b.org",), "member", None, ("Red", "Blue"))),
        ("a@b.org as member group “Red, Blue”", Invite(("a@b.org",), "member", None, ("Red, Blue",))),
        ("a@b.org as member in groups R&amp;D; Ops", Invite(("a@b.org",), "member", None, ("R&D", "Ops"))),
        ("a@b.org as member with groups Red", Invite(("a@b.org",), "member", None, ("Red",))),
        ('a@b.org as member named "Ada Lovelace"', Invite(("a@b.org",), "member", name="Ada Lovelace")),
        ("a@b.org as member named ‚Ada Lovelace‘", Invite(("a@b.org",), "member", name="Ada Lovelace")),
        ("a@b.org as member named Ada O'Brien", Invite(("a@b.org",), "member", name="Ada O'Brien")),
        ("a@b.org as member named &lt;b&gt;Ada", Invite(("a@b.org",), "member", name="<b>Ada")),
        ("a@b.org as member named “&amp;lt;”", Invite(("a@b.org",), "member", name="&lt;")),
        (
            "named “Ada L” groups Red to Apollo as viewer a@b.org",
            Invite(("a@b.org",), "viewer", "Apollo", ("Red",), "Ada L"),
        ),
        # Blanks and marks that cannot be seen.
        ("a@b.org\u00a0as\u2003member", Invite(("a@b.org",), "member")),
        ("\u202ea@b\u200b.org as mem\u2060ber\u202c\ufeff", Invite(("a@b.org",), "member")),
        ("a@b.org as mem\u200dber\x00", Invite(("a@b.org",), "member")),
    ],
)
def test_an_invitation_typed_in_full_acts(typed: str, meant: Invite) -> None:
    assert act(f"/usher invite {typed}") == meant


def test_a_joiner_inside_a_name_stays_where_its_script_needs_it() -> None:
    name = "می\u200cخواهم 👩\u200d🚀"
    assert act(f"/usher invite a@b.org as member named {name}") == Invite(("a@b.org",), "member", name=name)


def test_two_hundred_addresses_as_slack_marks_them_up_are_read() -> None:
    emails = tuple(f"somebody.number{number}@department.example.org" for number in range(200))
    assert act(f"/usher invite {', '.join(f'<mailto:{email}|{email}>' for email in emails)} as member") == Invite(
        emails,
        "member",
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("<@U0BOB|bob> manager", ChangeRole(BOB, "manager")),
        ("<@U0BOB> manager", ChangeRole(BOB, "manager")),
        ("<@W0BOB|bob> manager", ChangeRole(Person(slack="W0BOB"), "manager")),
        ("“<@U0BOB|bob>” manager", ChangeRole(BOB, "manager")),
        ("<@U0BOB|bob>, manager", ChangeRole(BOB, "manager")),
        ("<@U0BOB|bob>\nmanager", ChangeRole(BOB, "manager")),
        ("<@U0BOB|bob> to manager", ChangeRole(BOB, "manager")),
        ("<@U0BOB|bob> AS MANAGER", ChangeRole(BOB, "manager")),
        ("manager <@U0BOB|bob>", ChangeRole(BOB, "manager")),
        ("bob@example.org manager", ChangeRole(Person(email="bob@example.org"), "manager")),
        ("<mailto:bob@example.org|bob@example.org> manager", ChangeRole(Person(email="bob@example.org"), "manager")),
        ("@bob manager", ChangeRole(Person(name="bob"), "manager")),
        ("Bob manager", ChangeRole(Person(name="Bob"), "manager")),
        ("Bob van der Berg super admin", ChangeRole(Person(name="Bob van der Berg"), "super_admin")),
        ("Bob O’Brien manager", ChangeRole(Person(name="Bob O’Brien"), "manager")),
        ("“Ada Admin” manager", ChangeRole(Person(name="Ada Admin"), "manager")),
        ("Ada Admin as manager", ChangeRole(Person(name="Ada Admin"), "manager")),
        ("Ada Viewer to manager", ChangeRole(Person(name="Ada Viewer"), "manager")),
        # A literal mention that was typed is text: Slack would have escaped it.
        ("&lt;@U0BOB&gt; manager", ChangeRole(Person(name="<@U0BOB>"), "manager")),
        # Spaces.
        ("<@U0BOB> editor in Apollo", ChangeRole(BOB, "editor", "Apollo")),
        ("<@U0BOB> editor to Apollo", ChangeRole(BOB, "editor", "Apollo")),
        ("<@U0BOB> to editor in Apollo", ChangeRole(BOB, "editor", "Apollo")),
        ("<@U0BOB> editor Apollo", ChangeRole(BOB, "editor", "Apollo")),
        ("<@U0BOB> editor “Apollo 8h”", ChangeRole(BOB, "editor", "Apollo 8h")),
        # How long.
        ("<@U0BOB> manager for 8h", ChangeRole(BOB, "manager", lasts=EIGHT_HOURS)),
        ("<@U0BOB> manager 8h", ChangeRole(BOB, "manager", lasts=EIGHT_HOURS)),
        ("<@U0BOB> manager for 8 hours", ChangeRole(BOB, "manager", lasts=EIGHT_HOURS)),
        ("<@U0BOB> editor Apollo 8h", ChangeRole(BOB, "editor", "Apollo", EIGHT_HOURS)),
        ("<@U0BOB> for 8h in Apollo as editor", ChangeRole(BOB, "editor", "Apollo", EIGHT_HOURS)),
        (
            "<@U0BOB> manager 2026-12-01 18:00",
            ChangeRole(BOB, "manager", until=datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ),
        # Why.
        ("<@U0BOB> manager because on call", ChangeRole(BOB, "manager", reason="on call")),
        ("<@U0BOB> manager BECAUSE: on call", ChangeRole(BOB, "manager", reason="on call")),
        ("<@U0BOB> manager because “on call”", ChangeRole(BOB, "manager", reason="on call")),
        ('<@U0BOB> manager because "a" and "b"', ChangeRole(BOB, "manager", reason='"a" and "b"')),
        ("<@U0BOB> manager because it's \"5 o'clock", ChangeRole(BOB, "manager", reason="it's \"5 o'clock")),
        ("<@U0BOB> manager because a  to b\nfor c", ChangeRole(BOB, "manager", reason="a  to b\nfor c")),
        ("<@U0BOB> manager because R&amp;D &lt;3", ChangeRole(BOB, "manager", reason="R&D <3")),
        ("<@U0BOB> manager because <@U0EVE|eve> left", ChangeRole(BOB, "manager", reason="@eve left")),
        (
            "<@U0BOB> manager because <https://x.org/a|x.org/a> *now* <!channel>",
            ChangeRole(BOB, "manager", reason="x.org/a *now* channel"),
        ),
    ],
)
def test_a_role_typed_in_full_acts(typed: str, meant: ChangeRole) -> None:
    assert act(f"/usher role {typed}") == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/usher deactivate <@U0BOB|bob>", Deactivate(BOB)),
        ("/usher DEACTIVATE <@U0BOB|bob>", Deactivate(BOB)),
        ("/usher deactivate Bob Smith because he left", Deactivate(Person(name="Bob Smith"), "he left")),
        ("/usher deactivate Guest Wilson", Deactivate(Person(name="Guest Wilson"))),
        ("/usher deactivate “Because Jones” because he left", Deactivate(Person(name="Because Jones"), "he left")),
        ("/usher reactivate bob@example.org", Reactivate(Person(email="bob@example.org"))),
        ("/usher re-activate <@U0BOB> because back", Reactivate(BOB, "back")),
        ("/access request manager because on call", RequestAccess("manager", "on call")),
        ("/access request super admin because on call", RequestAccess("super_admin", "on call")),
        ("/access request editor in Apollo because x", RequestAccess("editor", "x", "Apollo")),
        ("/access request editor Apollo because x", RequestAccess("editor", "x", "Apollo")),
        ("/access request access to Apollo as editor because x", RequestAccess("editor", "x", "Apollo")),
        ("/access request manager for 8h because x", RequestAccess("manager", "x", lasts=EIGHT_HOURS)),
        ("/access request manager for me because x", RequestAccess("manager", "x")),
        ("/access request manager for <@U0BOB|bob> because x", RequestAccess("manager", "x", person=BOB)),
        (
            "/access request manager for Bob Smith because x",
            RequestAccess("manager", "x", person=Person(name="Bob Smith")),
        ),
        (
            "/access request manager for <@U0BOB|bob> for 8h because x",
            RequestAccess("manager", "x", lasts=EIGHT_HOURS, person=BOB),
        ),
        (
            "/access request editor in Apollo for 8 hours for bob@example.org because x",
            RequestAccess("editor", "x", "Apollo", EIGHT_HOURS, person=Person(email="bob@example.org")),
        ),
        (
            "/access request manager for <@U0BOB|bob> 8h because x",
            RequestAccess("manager", "x", lasts=EIGHT_HOURS, person=BOB),
        ),
        (
            "/access request manager for “8 Ball” because x",
            RequestAccess("manager", "x", person=Person(name="8 Ball")),
        ),
        ("/access connect ada@example.org", StartConnecting("ada@example.org")),
        ("/access connect <mailto:ada@example.org|ada@example.org>", StartConnecting("ada@example.org")),
    ],
)
def test_any_other_command_typed_in_full_acts(typed: str, meant: Command) -> None:
    assert act(typed) == meant


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("/usher setup", OpenForm("set-up")),
        ("/usher set-up", OpenForm("set-up")),
        ("/usher setup Acme &amp; Sons", OpenForm("set-up", {"name": "Acme & Sons"})),
        ("/usher setup “Because We Can”", OpenForm("set-up", {"name": "Because We Can"})),
        ("/usher invite", OpenForm("invite")),
        ("/usher invite a@b.org", OpenForm("invite", {"emails": ("a@b.org",)})),
        ("/usher invite a@b.org, nobody", OpenForm("invite", {"emails": ("a@b.org", "nobody")})),
        ("/usher invite as member", OpenForm("invite", {"role": "member"})),
        ("/usher invite super admin", OpenForm("invite", {"role": "super_admin"})),
        ("/usher invite a@b.org as", OpenForm("invite", {"emails": ("a@b.org",)})),
        ("/usher invite a@b.org as viewer", OpenForm("invite", {"emails": ("a@b.org",), "role": "viewer"})),
        ("/usher invite a@b.org as member to", OpenForm("invite", {"emails": ("a@b.org",), "role": "member"})),
        ('/usher invite a@b.org as member groups ""', OpenForm("invite", {"emails": ("a@b.org",), "role": "member"})),
        ("/usher invite to Apollo groups A", OpenForm("invite", {"space": "Apollo", "groups": ("A",)})),
        ("/usher invite named Ada", OpenForm("invite", {"name": "Ada"})),
        ("/usher role", OpenForm("change-role")),
        ("/usher role <@U0BOB|bob>", OpenForm("change-role", {"person": "<@U0BOB>"})),
        ("/usher role Bob Smith", OpenForm("change-role", {"person": "Bob Smith"})),
        ("/usher role admin", OpenForm("change-role", {"role": "admin"})),
        ("/usher role to admin", OpenForm("change-role", {"role": "admin"})),
        ("/usher role <@U0BOB> editor", OpenForm("change-role", {"person": "<@U0BOB>", "role": "editor"})),
        ("/usher role <@U0BOB> 8h", OpenForm("change-role", {"person": "<@U0BOB>", "lasts": "8h"})),
        (
            "/usher role Bob in Apollo because x",
            OpenForm("change-role", {"person": "Bob", "space": "Apollo", "reason": "x"}),
        ),
        # An empty place is never taken for "everywhere", nor an empty time for "for good".
        ('/usher role Bob admin in ""', OpenForm("change-role", {"person": "Bob", "role": "admin"})),
        ("/usher role Bob admin for", OpenForm("change-role", {"person": "Bob", "role": "admin"})),
        ("/usher role Bob admin because", OpenForm("change-role", {"person": "Bob", "role": "admin"})),
        (
            "/usher role Bob for 36 hours",
            OpenForm("change-role", {"person": "Bob", "lasts": "1d 12h"}),
        ),
        (
            "/usher role Bob until 2026-12-01",
            OpenForm("change-role", {"person": "Bob", "until": "2026-12-01 23:59"}),
        ),
        ("/usher deactivate", OpenForm("deactivate")),
        ("/usher deactivate because he left", OpenForm("deactivate", {"reason": "he left"})),
        ("/usher reactivate", OpenForm("reactivate")),
        # A reset always opens its form, for it warns first.
        ("/usher reset-password", OpenForm("reset-password")),
        ("/usher reset-password <@U0BOB|bob>", OpenForm("reset-password", {"person": "<@U0BOB>"})),
        (
            "/usher reset-password bob@example.org because he forgot it",
            OpenForm("reset-password", {"person": "bob@example.org", "reason": "he forgot it"}),
        ),
        ("/usher reset-2fa Bob Smith", OpenForm("reset-2fa", {"person": "Bob Smith"})),
        ("/usher check", OpenForm("check")),
        ("/access request", OpenForm("request-access")),
        ("/access request manager", OpenForm("request-access", {"role": "manager"})),
        ("/access request editor because x", OpenForm("request-access", {"role": "editor", "reason": "x"})),
        ("/access request for Bob because x", OpenForm("request-access", {"person": "Bob", "reason": "x"})),
        ("/access request in Apollo for 4h", OpenForm("request-access", {"space": "Apollo", "lasts": "4h"})),
        ("/access connect", OpenForm("connect", {"email": "ada@example.org"})),
        ("/access connect a@b.org 123456", OpenForm("connect", {"email": "a@b.org"})),
        ("/access connect 123456", OpenForm("connect", {"email": "ada@example.org"})),
    ],
)
def test_an_incomplete_command_opens_the_form_with_what_was_understood(typed: str, form: OpenForm) -> None:
    assert reading(typed) == form


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/usher", Show("help")),
        ("/usher   \u200b ", Show("help")),
        ("/usher ?", Show("help")),
        ("/access HELP", Show("help")),
        ("/usher help Invite", Show("help", "invite")),
        ("/usher help /usher invite", Show("help", "invite")),
        ("/usher help request", Show("help", "request")),
        ("/usher invite help", Show("help", "invite")),
        ("/usher invitations", Show("invitations")),
        ("/usher check <@U0BOB|bob>", Show("check", "<@U0BOB>")),
        ("/usher check bob@example.org", Show("check", "bob@example.org")),
        ("/usher check Bob Smith can see dashboard:sales", Show("check", "Bob Smith\ncan see dashboard:sales")),
        ("/usher check <@U0BOB> can't see Dashboard Q3 plan", Show("check", "<@U0BOB>\ncan see dashboard:Q3 plan")),
        ("/usher Invitations Apollo", Show("invitations", "Apollo")),
        ("/usher invitations status:expired", Show("invitations", "status:expired")),
        ("/usher invitations Expired", Show("invitations", "status:expired")),
        ("/usher invitations Status:Pending Moon Base", Show("invitations", "status:pending Moon Base")),
        ("/usher invitations in Pending", Show("invitations", "Pending")),
        ('/usher invitations "Pending"', Show("invitations", "Pending")),
        ("/usher invitations to “Road to Mars”", Show("invitations", "Road to Mars")),
        ("/usher approvals", Show("approvals")),
        ("/access mine", Show("mine")),
        ("/access requests", Show("requests")),
        ("/access me", Show("me")),
        ("/access cancel", CancelWhich(None)),
        ("/access cancel Super Admin", CancelWhich("Super Admin")),
        ("/access cancel “R1”", CancelWhich("R1")),
    ],
)
def test_a_question_is_shown(typed: str, shown: Reading) -> None:
    assert reading(typed) == shown


@pytest.mark.parametrize(
    ("typed", "what", "nearest"),
    [
        ("/usher invte a@b.org as member", "“invte” is not a command", "/usher invite"),
        ("/usher ivnite", "is not a command", "/usher invite"),
        ("/usher inv", "is not a command", "/usher invite"),
        ("/usher rol", "is not a command", "/usher role"),
        ("/usher reactivte", "is not a command", "/usher reactivate"),
        ("/usher request manager", "is not a command of `/usher`", "/access request"),
        ("/access invite a@b.org", "is not a command of `/access`", "/usher invite"),
        ("/access requst", "is not a command", "/access request"),
        ("/usher fire bob", "is not a command", None),
        ("/usher erase bob", "is not a command", None),
        ("/usher create space Apollo", "“create” is not a command", "/usher space create"),
        ("/usher share dataset:sales with <@U0BOB>", "“share” is not a command", "/usher resource share"),
        ("/usher who is admin", "“who” is not a command", "/usher who can"),
        ("/usher organization", "is not a command", "/usher org"),
        ("/usher <@U0BOB|bob> admin", "“@bob” is not a command", None),
        ('/usher "', "is not a command", None),
        ("/usher help invte", "“invte”", "/usher help invite"),
        ("/usher help fire", "“fire”", None),
        (
            "/usher role <@U0BOB> manger",
            "“manger” is not a role here. Roles you may give: Super admin, Admin",
            "Manager",
        ),
        ("/usher role <@U0BOB> as superadmin", "“superadmin” is not a role", "Super admin"),
        ("/usher role Bob Smith amdin", "“amdin” is not a role", "Admin"),
        ("/usher role <@U0BOB> edtior in Apollo", "Roles in a space: Owner, Editor, Viewer.", "Editor"),
        ("/usher role <@U0BOB> admin in Apollo", "Admin is a role in the organization, not in a space.", None),
        ("/usher role <@U0BOB> wizard", "“wizard” is not a role", None),
        ("/usher invite a@b.org as manger", "“manger” is not a role", "Manager"),
        ("/usher invite a@b.org manger", "“manger” is not a role", "Manager"),
        ("/usher invite a@b.org, c@d.org, manger", "“manger” is not a role", "Manager"),
        ("/usher invite bob as member", "There is no e-mail address in “bob”", None),
        ("/usher invite <@U0BOB|bob> as member", "“@bob”: an invitation goes to an e-mail address", None),
        ("/usher invite a@b.org as member for 8h", "“for” has no place in `/usher invite`", None),
        ("/usher invite a@b.org as member because x", "“because” has no place", None),
        ("/usher invite a@b.org as member to A in B", "“to” and “in” can stand there only once", None),
        ("/usher invite a@b.org as member Apollo", "“Apollo” was not understood", None),
        ("/usher role Bob from viewer to admin", "“from” has no place", None),
        ("/usher role Ada Admin viewer", "holds more than one role", None),
        ("/usher role Guest Wilson", "Type the person first, then the role", None),
        ("/usher role <@U0BOB> <@U0EVE> admin", "more than one person", None),
        ("/usher role Bob, Eve admin", "more than one person", None),
        ("/usher role Bob admin for 8h for 9h", "“for” can stand there only once", None),
        ("/usher role Bob editor to Apollo in Gemini", "“Apollo” was not understood", None),
        ("/usher role “Bob admin", "The quotation mark that begins ““Bob admin” is never closed", None),
        ("/usher deactivate <@U0BOB|bob> <@U0EVE|eve>", "“@bob @eve” is more than one person", None),
        ("/usher deactivate <@U0BOB|bob> and Eve", "“and Eve” was not understood there. A reason starts with", None),
        ("/usher deactivate Bob, Eve", "more than one person", None),
        ("/usher deactivate Bob in Berlin", "“in” has no place", None),
        ("/usher approvals now", "“now” was not understood", None),
        ("/access request manager for Bob for Eve because x", "each only once", None),
        ("/access request manager for a while because x", "“a while” is not a duration", None),
        ("/access request manager for 8x because x", "“8x” is not a duration", None),
    ],
)
def test_what_was_mistyped_is_named_with_the_nearest_and_an_example(typed: str, what: str, nearest: str | None) -> None:
    answer = unclear(typed)
    assert what in answer.what
    assert answer.nearest == nearest
    assert answer.example.startswith(("/usher ", "/access "))


def test_a_word_that_is_no_address_connects_nobody() -> None:
    assert "“ada” is not an e-mail address" in unclear("/access connect ada", newcomer()).what


def test_a_long_mistake_is_cut_in_the_answer() -> None:
    assert len(unclear(f"/usher {'x' * 5000}").what) < 200


def test_a_text_too_long_to_read_leads_to_the_form() -> None:
    answer = unclear(f"/usher invite {'a@b.org, ' * LONGEST}as member")
    assert "Type `/usher invite` alone, and fill in the form." in answer.what


def test_only_roles_that_the_asker_may_give_are_named() -> None:
    answer = unclear("/usher role <@U0BOB> adminn", desk(role="manager"))
    assert "Roles you may give: Member, Guest. Roles in a space:" in answer.what
    assert answer.nearest is None


def test_a_known_role_that_the_asker_may_not_give_is_left_to_the_gate() -> None:
    assert act("/usher role <@U0BOB> admin", desk(role="manager")) == ChangeRole(BOB, "admin")


@pytest.mark.parametrize(
    ("typed", "catalogue", "role", "meant"),
    [
        ("/usher role <@U0BOB> viewer", "mondoo", "owner", ChangeRole(BOB, "viewer")),
        ("/usher role <@U0BOB> viewer in Apollo", "mondoo", "owner", ChangeRole(BOB, "viewer", "Apollo")),
        ("/usher role <@U0BOB> viewer Apollo", "mondoo", "owner", ChangeRole(BOB, "viewer", "Apollo")),
        ("/usher invite a@b.org as user", "automation", "owner", Invite(("a@b.org",), "user")),
        ("/usher invite a@b.org as Giga Admin", "resplendent", "admin", Invite(("a@b.org",), "giga_admin")),
        ("/access request root because x", "automation", "viewer", RequestAccess("root", "x")),
    ],
)
def test_roles_are_those_of_the_catalogue(typed: str, catalogue: str, role: str, meant: Command) -> None:
    assert act(typed, desk(catalogue, role)) == meant


@pytest.mark.parametrize(
    "typed",
    ["/usher role <@U0BOB> user in Apollo", "/usher invite a@b.org as user to Apollo", "/usher invitations Apollo"],
)
def test_where_there_are_no_spaces_one_is_told_so(typed: str) -> None:
    assert "There are no spaces here" in unclear(typed, desk("automation", "owner")).what


def test_an_act_that_the_asker_may_not_do_is_left_to_the_gate() -> None:
    assert act("/usher deactivate <@U0BOB>", desk(role="member")) == Deactivate(BOB)


def test_who_may_not_do_it_at_all_is_not_taught_how_to_spell_it() -> None:
    assert reading("/usher role <@U0BOB> manger", desk(role="member")) == OpenForm("change-role")


@pytest.mark.parametrize(
    ("who", "typed", "nearest", "example"),
    [
        (desk(role="member"), "/usher invte", None, "/usher help"),
        (desk(role="member"), "/usher help invite", None, "/usher help"),
        (newcomer(), "/access conect", "/access connect", "/access connect"),
        (newcomer(), "/usher invte", None, "/access connect"),
        (newcomer(organization=None, workspace_admin=True), "/usher setpu", "/usher setup", "/usher setup"),
        (newcomer(organization=None, workspace_admin=True), "/access mien", None, "/usher setup"),
        (newcomer(organization=None), "/usher setpu", None, "/usher help"),
        (desk(), "/usher setpu", None, "/usher help"),
        (desk(), "/access conect", None, "/access help"),
    ],
)
def test_only_commands_that_the_asker_may_use_are_suggested(
    who: Desk, typed: str, nearest: str | None, example: str
) -> None:
    answer = unclear(typed, who)
    assert (answer.nearest, answer.example) == (nearest, example)


@pytest.mark.parametrize("typed", ["<@U0BOB|bob> in Apollo", "<@U0BOB|bob> Apollo", "bob@example.org Apollo"])
def test_whose_permissions_and_in_which_space_needs_no_small_word(typed: str) -> None:
    found = read("/usher", f"permissions {typed}", desk=desk(), now=NOW)
    assert isinstance(found, OpenForm)
    assert found.prefill["space"] == "Apollo"
    assert "bob" in str(found.prefill["person"]).casefold()
