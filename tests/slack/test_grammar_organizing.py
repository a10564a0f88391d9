"""``/usher org`` and ``/usher settings`` as they are typed."""

import dataclasses
import re

import pytest

from bot.slack.grammar import Act, OpenForm, Reading, Show, Unclear, help_lines, read, usable
from handlers.commands import CreateOrganization, Person, TransferOrganization, UseOrganization
from handlers.models import Desk
from tests.slack.desks import NOW, desk, newcomer

GRACE = Person(slack="U0GRACE")


def typed(text: str, who: Desk | None = None) -> Reading:
    return read("/usher", text, desk=who or desk(), now=NOW)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("org", Show("org")),
        ("ORG  use", Show("org")),
        ("settings", OpenForm("settings")),
        ("org create Example  Ltd", Act(CreateOrganization("Example Ltd"))),
        ("org create “Bank of To”", Act(CreateOrganization("Bank of To"))),
        ("org use acme-2", Act(UseOrganization("acme-2"))),
        ("org create", OpenForm("org-create")),
        ("org close", OpenForm("org-close")),
        ("org close ACME", OpenForm("org-close")),
        ("org transfer Acme to <@U0GRACE|grace>", Act(TransferOrganization(GRACE))),
        ("org transfer acme <@U0GRACE|grace>", Act(TransferOrganization(GRACE))),
        ("org transfer acme to grace@example.org", Act(TransferOrganization(Person(email="grace@example.org")))),
        ("org transfer acme to <@U0GRACE> because I leave", Act(TransferOrganization(GRACE, "I leave"))),
        ("org transfer", OpenForm("org-transfer")),
        ("org transfer acme", OpenForm("org-transfer")),
        ("org transfer to <@U0GRACE>", OpenForm("org-transfer", {"person": "<@U0GRACE>"})),
    ],
)
def test_what_is_typed_is_understood(text: str, meant: Reading) -> None:
    found = typed(text)
    if isinstance(meant, OpenForm):
        assert isinstance(found, OpenForm)
        assert (found.form, dict(found.prefill)) == (meant.form, dict(meant.prefill))
    else:
        assert found == meant


@pytest.mark.parametrize("text", ["org close Beta", "org transfer Beta to <@U0GRACE>"])
def test_another_organization_than_the_one_acted_in_is_never_taken_for_it(text: str) -> None:
    found = typed(text)
    assert isinstance(found, Unclear)
    assert "“Acme”" in found.what
    assert found.nearest == "/usher org use Beta"


def test_who_may_use_what() -> None:
    """Also whoever is shut out of one organization finds the way to another."""
    shut_out = dataclasses.replace(desk(), status="deactivated", may=frozenset())
    for who, verbs in (
        (desk(), ["settings", "org", "org use", "org create", "org transfer", "org close"]),
        (desk(role="admin"), ["settings", "org", "org use"]),
        (desk(role="member"), ["org", "org use"]),
        (shut_out, ["org", "org use"]),
        (newcomer(), []),
    ):
        lines = help_lines("/usher", desk=who)
        words = [re.match(r"/usher ((?:org|settings)(?: [a-z]+)?)", line.usage) for line in lines]
        assert [found[1] for found in words if found] == verbs
        assert usable(Show("org"), desk=who) == ("org" in verbs)
        assert usable(OpenForm("settings"), desk=who) == ("settings" in verbs)
        assert usable(OpenForm("org-close"), desk=who) == ("org close" in verbs)
