"""Forms: what is sent for each kind of input, what the form refuses itself, and what the bot's answers do to it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.playground import Person, Playground
from bot.playground.forms import REQUIRED, CannotChooseError
from tests.playground.workspace import (
    bolt,
    button,
    client,
    dispatching,
    field,
    modal,
    options,
    playground,
    refusal,
    section,
    serving,
)

TEXT = {"type": "plain_text_input"}


class Desk:
    """A bot that opens one view at a command and answers a sent form as it is told."""

    def __init__(self, ground: Playground, app: Any) -> None:
        self.ground, self.app = ground, app
        self.slack = client(ground)
        self.view: dict[str, Any] = modal(field("name", "Name", TEXT))
        self.answer: dict[str, Any] = {}
        self.bodies: list[dict[str, Any]] = []
        app.command("/usher")(self._open)
        app.view("form")(self._submitted)
        app.view_closed("form")(self._closed)

    async def _open(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await self.slack.views_open(trigger_id=body["trigger_id"], view=self.view)

    async def _submitted(self, ack: Any, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        await ack(**self.answer)

    async def _closed(self, ack: Any, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        await ack()

    async def opened_by(self, name: str, view: dict[str, Any]) -> Person:
        self.view = view
        person = self.ground.person(name)
        assert (await person.type("/usher open")).view
        return person

    @property
    def values(self) -> Any:
        return self.bodies[-1]["view"]["state"]["values"]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with playground() as ground:
        app = bolt(ground)
        async with serving(ground, dispatching(app)):
            yield Desk(ground, app)


# ---- values

OPTIONS = options("Admin", "Member")
NUMBER = {"type": "number_input", "is_decimal_allowed": True}
MULTI = {"type": "multi_static_select", "options": OPTIONS}
UNTOUCHED: dict[str, dict[str, Any]] = {
    "plain_text_input": {"value": None},
    "email_text_input": {"value": None},
    "url_text_input": {"value": None},
    "number_input": {"value": None},
    "static_select": {"selected_option": None},
    "external_select": {"selected_option": None},
    "radio_buttons": {"selected_option": None},
    "multi_static_select": {"selected_options": []},
    "multi_external_select": {"selected_options": []},
    "checkboxes": {"selected_options": []},
    "users_select": {"selected_user": None},
    "multi_users_select": {"selected_users": []},
    "conversations_select": {"selected_conversation": None},
    "multi_conversations_select": {"selected_conversations": []},
    "channels_select": {"selected_channel": None},
    "multi_channels_select": {"selected_channels": []},
    "datepicker": {"selected_date": None},
    "timepicker": {"selected_time": None},
    "datetimepicker": {"selected_date_time": None},
    "file_input": {"files": []},
}
CHOSEN: dict[str, tuple[Any, Any]] = {
    "plain_text_input": ("Ada\nLovelace", {"value": "Ada Lovelace"}),
    "email_text_input": ("a@b.example", {"value": "a@b.example"}),
    "url_text_input": ("https://b.example", {"value": "https://b.example"}),
    "number_input": ("7", {"value": "7"}),
    "static_select": ("member", {"selected_option": "member"}),
    "radio_buttons": ("Member", {"selected_option": "member"}),
    "multi_static_select": (["Admin", "member"], {"selected_options": ["admin", "member"]}),
    "checkboxes": ("Admin", {"selected_options": ["admin"]}),
    "users_select": ("@ben", {"selected_user": "U0BEN"}),
    "multi_users_select": (["ada", "U0BEN"], {"selected_users": ["U0ADA", "U0BEN"]}),
    "conversations_select": ("#general", {"selected_conversation": "C0GENERAL"}),
    "multi_conversations_select": (["general"], {"selected_conversations": ["C0GENERAL"]}),
    "channels_select": ("general", {"selected_channel": "C0GENERAL"}),
    "multi_channels_select": (["general"], {"selected_channels": ["C0GENERAL"]}),
    "datepicker": ("2026-12-01", {"selected_date": "2026-12-01"}),
    "timepicker": ("18:00", {"selected_time": "18:00"}),
    "datetimepicker": ("1796148000", {"selected_date_time": 1796148000}),
}


def element(kind: str) -> dict[str, Any]:
    offers = kind in ("static_select", "radio_buttons", "multi_static_select", "checkboxes")
    more: dict[str, Any] = {"options": OPTIONS} if offers else {}
    return {"type": kind, **more, **({"is_decimal_allowed": False} if kind == "number_input" else {})}


def bare(held: dict[str, Any]) -> dict[str, Any]:
    """The state with options reduced to their values."""
    return {key: _bare(part) for key, part in held.items() if key != "type"}


def _bare(part: Any) -> Any:
    match part:
        case [*items]:
            return [_bare(item) for item in items]
        case {"value": value}:
            return value
        case _:
            return part


async def test_untouched_inputs_are_null_or_empty_as_in_slack(desk: Desk) -> None:
    fields = [field(kind, kind, element(kind), optional=True) for kind in UNTOUCHED]
    ada = await desk.opened_by("ada", modal(*fields))
    assert (await ada.submit()).closed
    assert {kind: bare(desk.values[kind]["value"]) for kind in UNTOUCHED} == UNTOUCHED
    assert all(desk.values[kind]["value"]["type"] == kind for kind in UNTOUCHED)


async def test_filled_inputs_hold_what_slack_would_send(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(*[field(kind, kind, element(kind)) for kind in CHOSEN]))
    assert (await ada.submit(**{kind: raw for kind, (raw, _) in CHOSEN.items()})).closed
    assert {kind: bare(desk.values[kind]["value"]) for kind in CHOSEN} == {k: held for k, (_, held) in CHOSEN.items()}


async def test_presets_are_sent_unless_they_are_cleared(desk: Desk) -> None:
    preset = {**TEXT, "initial_value": "as it was"}
    view = modal(field("kept", "Kept", preset), field("cleared", "Cleared", preset, optional=True))
    ada = await desk.opened_by("ada", view)
    await ada.submit(cleared=None)
    assert (desk.values["kept"]["value"]["value"], desk.values["cleared"]["value"]["value"]) == ("as it was", None)


async def test_inputs_are_found_by_their_label_and_unknown_ones_are_told(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("b1", "One-time code", TEXT)))
    with pytest.raises(CannotChooseError, match="it has 'One-time code'"):
        await ada.submit(reason="x")
    await ada.submit(one_time_code="123456")
    assert desk.values["b1"]["value"]["value"] == "123456"


async def test_the_submission_carries_the_view_and_a_trigger(desk: Desk) -> None:
    view = modal(field("name", "Name", TEXT), private_metadata="m", external_id="e", notify_on_close=True)
    ada = await desk.opened_by("ada", view)
    await ada.submit(name="x")
    body = desk.bodies[-1]
    assert (body["type"], body["user"]["team_id"], body["team"]["id"]) == ("view_submission", "T0USHER", "T0USHER")
    assert body["trigger_id"]
    sent = body["view"]
    assert (sent["private_metadata"], sent["external_id"], sent["callback_id"]) == ("m", "e", "form")
    assert (sent["title"]["text"], sent["close"], sent["previous_view_id"]) == ("A form", None, None)
    assert sent["root_view_id"] == sent["id"]


# ---- what the form refuses itself


@pytest.mark.parametrize(
    ("part", "raw", "complaint"),
    [
        (TEXT, None, REQUIRED),
        (TEXT, "   ", REQUIRED),
        ({**TEXT, "min_length": 3}, "ab", "Please enter at least 3 characters."),
        ({**TEXT, "max_length": 3}, "abcd", "Please enter at most 3 characters."),
        (TEXT, "x" * 3001, "Please enter at most 3000 characters."),
        ({"type": "email_text_input"}, "ada", "Please enter a valid email address."),
        ({"type": "url_text_input"}, "ftp:x", "Please enter a valid URL."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a whole number."),
        (NUMBER, "one", "Please enter a valid number."),
        ({**NUMBER, "max_value": "2"}, "2.5", "Please enter a number of at most 2."),
        ({**MULTI, "max_selected_items": 1}, ["admin", "member"], "Please choose at most 1."),
        ({"type": "checkboxes", "options": OPTIONS}, [], REQUIRED),
        ({"type": "static_select", "options": OPTIONS}, None, REQUIRED),
    ],
)  # fmt: skip
async def test_the_form_stops_what_slack_would_stop(desk: Desk, part: dict[str, Any], raw: Any, complaint: str) -> None:
    ada = await desk.opened_by("ada", modal(field("it", "It", part)))
    stopped = await ada.submit(it=raw)
    assert (dict(stopped.errors), stopped.sent, stopped.closed) == ({"it": complaint}, False, False)
    assert desk.bodies == []
    assert ada.modal
    assert dict(ada.modal.errors) == {"it": complaint}


# ---- what the bot answers


async def test_errors_are_shown_under_their_inputs_and_the_text_stays(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("name", "Name", TEXT)))
    desk.answer = {"response_action": "errors", "errors": {"name": "Refused: too short."}}
    refused = await ada.submit(name="x")
    assert (dict(refused.errors), refused.closed, refused.sent) == ({"name": "Refused: too short."}, False, True)
    desk.answer = {}
    assert (await ada.submit()).closed
    assert desk.values["name"]["value"]["value"] == "x"


async def test_errors_for_what_is_no_input_are_trouble(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(section("words", block_id="words"), field("name", "Name", TEXT)))
    desk.answer = {"response_action": "errors", "errors": {"words": "Refused."}}
    result = await ada.submit(name="x")
    assert "We had some trouble connecting" in (result.error or "")
    assert ada.modal
    assert ada.modal.errors == {}


async def test_an_update_replaces_the_form_and_keeps_what_was_typed(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("name", "Name", TEXT), field("untouched", "U", TEXT, optional=True)))
    fresh = {**TEXT, "initial_value": "fresh"}
    again = [field(name, name, fresh) for name in ("name", "untouched", "new")]
    desk.answer = {"response_action": "update", "view": modal(*again)}
    updated = await ada.submit(name="typed")
    assert updated.view
    held = {block: actions["value"]["value"] for block, actions in updated.view.values.items()}
    assert held == {"name": "typed", "untouched": "fresh", "new": "fresh"}
    assert len(desk.ground.world.modals(ada.id)) == 1


async def test_forms_are_stacked_three_deep_and_closed_one_by_one(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("name", "1", TEXT)))
    for depth in (2, 3):
        desk.answer = {"response_action": "push", "view": modal(field("name", str(depth), TEXT))}
        assert (await ada.submit(name="x")).view
    desk.answer = {"response_action": "push", "view": modal(field("name", "4", TEXT))}
    assert "push_limit_reached" in ((await ada.submit(name="x")).error or "")
    first, second, third = desk.ground.world.modals(ada.id)
    assert (third.root_view_id, third.previous_view_id) == (first.id, second.id)
    await ada.close()
    assert ada.modal == second
    desk.answer = {"response_action": "clear"}
    assert (await ada.submit(name="x")).closed
    assert ada.modal is None


async def test_an_invalid_view_in_an_answer_is_trouble_with_a_pointer(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("name", "Name", TEXT)))
    desk.answer = {"response_action": "update", "view": modal(section("x" * 3001))}
    assert "json-pointer:/view/blocks/0/text/text" in ((await ada.submit(name="x")).error or "")


async def test_a_bot_that_fails_leaves_the_form_open() -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=500)

    async with playground() as ground:
        app = bolt(ground)
        async with serving(ground, dispatching(app)):
            ada = await Desk(ground, app).opened_by("ada", modal(field("name", "Name", TEXT)))
        async with serving(ground, handle):
            result = await ada.submit(name="x")
    assert result.error == "We had some trouble connecting. Try again? (http_service_error)"
    assert ada.modal


async def test_closing_is_told_only_if_the_form_asks_for_it(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("name", "Name", TEXT)))
    await ada.close()
    assert desk.bodies == []
    ada = await desk.opened_by("ada", modal(field("name", "Name", TEXT), notify_on_close=True))
    await desk.ground.acts.close_all(ada.id)
    assert (desk.bodies[0]["type"], desk.bodies[0]["is_cleared"]) == ("view_closed", True)
    assert ada.modal is None


# ---- views by the Web API


async def error_of(call: Any) -> str:
    return str((await refusal(call))["error"])


async def test_an_update_with_an_old_hash_conflicts(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("name", "Name", TEXT)))
    view = ada.modal
    assert view
    changed = modal(field("name", "Other", TEXT))
    answer = await desk.slack.views_update(view_id=view.id, hash=view.hash, view=changed)
    assert answer["view"]["hash"] != view.hash
    assert await error_of(desk.slack.views_update(view_id=view.id, hash=view.hash, view=changed)) == "hash_conflict"
    await ada.close()
    assert await error_of(desk.slack.views_update(view_id=view.id, view=changed)) == "not_found"


async def test_home_conflicts_too_and_is_only_for_people(desk: Desk) -> None:
    home = {"type": "home", "blocks": [section("one")]}
    first = await desk.slack.views_publish(user_id="U0BEN", view=home)
    await desk.slack.views_publish(user_id="U0BEN", view=home, hash=first["view"]["hash"])
    again = desk.slack.views_publish(user_id="U0BEN", view=home, hash=first["view"]["hash"])
    assert await error_of(again) == "hash_conflict"
    assert await error_of(desk.slack.views_publish(user_id="U0NOBODY", view=home)) == "user_not_found"
    assert await error_of(desk.slack.views_publish(user_id="U0BEN", view=modal(section("x")))) == "invalid_arguments"


async def test_an_external_id_names_one_view(desk: Desk) -> None:
    await desk.opened_by("ada", modal(field("name", "Name", TEXT), external_id="same"))
    ben = desk.ground.person("ben")
    ben.patience = 0.05
    assert (await ben.type("/usher open")).view is None
    assert desk.ground.world.calls_of("views.open")[-1].answer["error"] == "duplicate_external_id"
    await desk.slack.views_update(external_id="same", view=modal(section("found")))
    modal_of_ada = desk.ground.person("ada").modal
    assert modal_of_ada
    assert "found" in modal_of_ada.words


async def test_a_press_in_a_form_may_push_another_and_knows_what_was_typed(desk: Desk) -> None:
    bodies: list[dict[str, Any]] = []

    @desk.app.action("more")
    async def more(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        bodies.append(body)
        await desk.slack.views_push(trigger_id=body["trigger_id"], view=modal(section("pushed")))

    ada = await desk.opened_by(
        "ada", modal(field("name", "Name", TEXT), {"type": "actions", "elements": [button("More", "more")]})
    )
    view = ada.modal
    assert view
    block = next(control.block_id for control in view.controls if control.action_id == "more")
    await desk.ground.acts.press(ada.id, view, block, "more", typed={"name": {"value": "half"}})
    assert bodies[0]["container"] == {"type": "view", "view_id": view.id}
    assert bodies[0]["view"]["state"]["values"]["name"]["value"]["value"] == "half"
    assert "response_url" not in bodies[0]
    assert ada.modal
    assert "pushed" in ada.modal.words


async def test_an_input_is_told_at_once_only_if_it_dispatches(desk: Desk) -> None:
    heard: list[str] = []

    @desk.app.action("value")
    async def changed(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        heard.append(f"{action['block_id']} {action['selected_option']['value']}")

    pick = {"type": "static_select", "options": OPTIONS}
    view = modal(field("loud", "Loud", pick, dispatch_action=True), field("quiet", "Quiet", pick))
    ada = await desk.opened_by("ada", view)
    ada.patience = 0.05
    await ada.press("quiet", choose="admin")
    await ada.press("loud", choose="member")
    assert heard == ["loud member"]
    await ada.submit()
    assert desk.values["quiet"]["value"]["selected_option"]["value"] == "admin"


# ---- suggestions


async def test_an_external_select_asks_the_bot_and_takes_only_what_it_offered(desk: Desk) -> None:
    asked: list[str] = []

    @desk.app.options("value")
    async def offer(ack: Any, body: dict[str, Any]) -> None:
        asked.append(body["value"])
        await ack(options=options("Apollo", "Apogee") if body["value"].startswith("Ap") else [])

    ada = await desk.opened_by("ada", modal(field("space", "Space", {"type": "external_select"})))
    assert await ada.suggest("space", "Ap") == []
    assert [option.text for option in await ada.suggest("space", "Apo")] == ["Apollo", "Apogee"]
    with pytest.raises(CannotChooseError, match="does not offer"):
        await ada.submit(space="Zeus")
    assert (await ada.submit(space="Apollo")).closed
    assert desk.values["space"]["value"]["selected_option"]["value"] == "apollo"
    assert asked == ["Apo", "Zeus"]


async def test_several_of_an_external_select_are_looked_up_one_by_one(desk: Desk) -> None:
    asked: list[str] = []

    @desk.app.options("value")
    async def offer(ack: Any, body: dict[str, Any]) -> None:
        asked.append(body["value"])
        await ack(options=options(body["value"]))

    ada = await desk.opened_by("ada", modal(field("spaces", "Spaces", {"type": "multi_external_select"})))
    await ada.suggest("spaces", "Apollo")
    assert (await ada.submit(spaces=["apollo", "Gemini"])).closed
    assert bare(desk.values["spaces"]["value"]) == {"selected_options": ["apollo", "gemini"]}
    assert asked == ["Apollo", "Gemini"]


async def test_grouped_suggestions_name_their_group(desk: Desk) -> None:
    @desk.app.options("value")
    async def offer(ack: Any) -> None:
        label = {"type": "plain_text", "text": "Spaces"}
        await ack(option_groups=[{"label": label, "options": options("Apollo")}])

    ada = await desk.opened_by("ada", modal(field("space", "Space", {"type": "external_select"})))
    assert [(option.text, option.group) for option in await ada.suggest("Space", "Apollo")] == [("Apollo", "Spaces")]


async def test_too_many_suggestions_are_an_error_on_the_record(desk: Desk) -> None:
    @desk.app.options("value")
    async def offer(ack: Any) -> None:
        await ack(options=options(*map(str, range(101))))

    ada = await desk.opened_by("ada", modal(field("space", "Space", {"type": "external_select"})))
    assert await ada.suggest("space", "anything") == []
    (call,) = desk.ground.world.calls_of("block_suggestion")
    assert call.answer["errors"] == ["no more than 100 items allowed [json-pointer:/options]"]


# ---- hostile


async def test_a_deactivated_account_sends_no_form(desk: Desk) -> None:
    ada = await desk.opened_by("ada", modal(field("name", "Name", TEXT)))
    await desk.ground.office.change("ada", deleted=True)
    result = await ada.submit(name="x")
    assert (result.error, result.sent, desk.bodies) == ("This account is deactivated.", False, [])


async def test_twenty_people_at_once_each_get_their_own_answer(desk: Desk) -> None:
    @desk.app.command("/plain")
    async def plain(ack: Any, body: dict[str, Any]) -> None:
        await ack(f"{body['user_id']} {body['text']}")

    ada, ben = desk.ground.person("ada"), desk.ground.person("ben")
    typed = [(person, str(n)) for n in range(10) for person in (ada, ben)]
    answers = await asyncio.gather(*[person.type(f"/plain {n}") for person, n in typed])
    assert [answer.text for answer in answers] == [f"{person.id} {n}" for person, n in typed]


async def test_anything_can_be_sent_and_signed_wrongly() -> None:
    seen: list[tuple[bytes, str, str]] = []

    async def handle(request: web.Request) -> web.Response:
        headers = request.headers
        seen.append((await request.read(), headers["X-Slack-Signature"], headers["X-Slack-Request-Timestamp"]))
        return web.Response(status=401, text="no")

    async with playground() as ground, serving(ground, handle):
        ada = ground.person("ada")
        answers = [await ada.raw({}), await ada.raw(b"\xff", headers={"X-Slack-Signature": "v0=forged"})]
    assert answers == [(401, "no")] * 2
    assert (seen[0][0], seen[1][0], seen[1][1]) == (b"payload=%7B%7D", b"\xff", "v0=forged")


async def test_waiting_says_what_was_seen_instead(desk: Desk) -> None:
    await desk.slack.chat_postMessage(channel="U0ADA", text="something else")
    with pytest.raises(TimeoutError, match="something else"):
        await desk.ground.person("ada").wait_for("Done", timeout=0.05)
