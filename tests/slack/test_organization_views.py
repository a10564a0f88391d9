"""Lists of organizations and the settings' form: whatever is in them, Slack takes them and reads no marks."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries

from bot.playground.blocks import checked_view, message_blocks
from bot.slack.views import organizations, settings
from bot.slack.views.fields import Filled, Meta, filled
from handlers.catalogue import load
from handlers.commands import ChangeSettings
from handlers.models import Desk
from handlers.organization_models import OrganizationPage, Settings
from handlers.recataloguing import Preview
from tests.slack import hostile, houses
from tests.slack.desks import desk

many = tries(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


def unmarked(blocks: object) -> None:
    assert not [node for node in hostile.walk(blocks) if node.get("type") == "mrkdwn"]


@many
@given(houses.pages)
@pytest.mark.invariant(43)
def test_a_page_of_organizations_is_one_that_slack_takes(page: OrganizationPage) -> None:
    said = organizations.page(page)
    message_blocks(list(said.blocks))
    unmarked(said.blocks)
    assert "<!channel>" not in said.text
    pressed = [node for node in hostile.walk(said.blocks) if node.get("type") == "button"]
    assert len([one for one in pressed if one["text"]["text"] == "Use"]) == sum(not row.current for row in page.rows)


@many
@given(hostile.desks(), houses.set_now, houses.previews())
@pytest.mark.invariant(43)
def test_the_settings_and_what_another_catalogue_means_are_forms_that_slack_takes(
    who: Desk, now: Settings, preview: Preview
) -> None:
    first = settings.build(who, now)
    second = settings.build_preview(who, Filled({}, Meta.load(first["private_metadata"])), preview)
    for view in (first, second):
        checked_view(view)
        unmarked(view["blocks"])
        assert len(view["private_metadata"]) < 3000


def sent(view: dict[str, object], **typed: str) -> Filled:
    """The form as it comes back: what it showed, with what was typed laid over it."""
    fields = {"plan": "starship", "catalogue": "default", "invitation_days": "7", "approvals_channel": "C0GENERAL"}
    keys = {"plan": "selected_option", "catalogue": "selected_option", "approvals_channel": "selected_conversation"}
    held: dict[str, dict[str, dict[str, object]]] = {}
    for name, value in (fields | typed).items():
        key = keys.get(name, "value")
        held[name] = {"value": {key: {"value": value} if key == "selected_option" else value}}
    return filled({"state": {"values": held}, "private_metadata": view["private_metadata"]})


def test_only_what_became_otherwise_is_asked_for() -> None:
    form = settings.build(desk(), Settings("Acme", load("default"), "starship", 7, "C0GENERAL"))
    assert settings.read(sent(form)) == ChangeSettings()
    assert settings.read(sent(form, plan="free")) == ChangeSettings(plan="free")
    assert settings.read(sent(form, invitation_days="")) == ChangeSettings(invitation_days=0)
    assert settings.read(sent(form, approvals_channel="")) == ChangeSettings(approvals_channel="")
    assert settings.read(sent(form, catalogue="imaging")) == ChangeSettings(catalogue="imaging")
