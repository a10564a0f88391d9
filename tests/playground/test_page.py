import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import resources
from typing import Any

import aiosmtplib
import pytest

from tests.playground.site import PEOPLE, Site, opened_site
from tests.playground.small_app import CODE, SECRET, SECRET_METADATA, TOKEN

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STATIC = resources.files("bot.playground") / "static"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with opened_site() as opened:
        yield opened


# ---- what is served


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/static/base.css", "/events"])
async def test_everything_comes_with_a_strict_policy(site: Site, path: str) -> None:
    async with site.http.get(site.playground.url + path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert response.status == 200
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
        assert "unsafe" not in policy
        assert (response.headers["X-Content-Type-Options"], response.headers["Cache-Control"]) == (
            "nosniff",
            "no-store",
        )


async def test_every_file_that_the_page_names_is_served(site: Site) -> None:
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', (STATIC / "index.html").read_text()))
    named |= {f"/static/{file.name}" for file in STATIC.iterdir()} - {"/static/index.html"}
    for path in named:
        async with site.http.get(site.playground.url + path) as response:
            assert response.status == 200, path


@pytest.mark.parametrize("path", ["/static/../page.py", "/static/%2e%2e/page.py", "/static/page.py", "/static/"])
async def test_nothing_but_the_page_s_own_files_is_served(site: Site, path: str) -> None:
    async with site.http.get(site.playground.url + path) as response:
        assert response.status == 404


MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|eval\("
)
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def test_no_module_parses_markup_and_the_page_holds_no_inline_code() -> None:
    for file in STATIC.iterdir():
        assert not MARKUP.search(file.read_text()), file.name
    assert not INLINE.search((STATIC / "index.html").read_text())
    assert MARKUP.search("node.innerHTML = data")
    assert INLINE.search("<p onclick=go()>")


# ---- what is told


async def test_the_first_event_tells_all_and_the_next_only_what_changed(site: Site) -> None:
    async with site.watching() as stream:
        first = await stream.next()
        await site.type("ada", "Good morning")
        second = await stream.next()

    assert first["whole"] is True
    assert first["sections"]["team"]["people"] == [site.user(handle) for handle in PEOPLE]
    assert second["whole"] is False
    assert set(second["sections"]) == {f"talk:{site.user(handle)}:C0GENERAL" for handle in ("ada", "bob", "cleo")}


async def test_an_answer_to_one_person_is_told_to_no_other(site: Site) -> None:
    await site.type("ada", "/usher say Done, and only for you")
    told = await site.sees()

    assert "only for you" in json.dumps(told[f"talk:{site.user('ada')}:C0GENERAL"])
    assert "only for you" not in json.dumps(told[f"talk:{site.user('bob')}:C0GENERAL"])


async def test_a_command_is_echoed_to_its_typist_before_its_answer(site: Site) -> None:
    await site.type("ada", "/usher say Done")
    [echo, answer] = (await site.sees())[f"talk:{site.user('ada')}:C0GENERAL"]

    assert (echo["kind"], echo["text"]) == ("typed", "/usher say Done")
    assert (answer["kind"], answer["text"], answer["ephemeral"], answer["bot"]) == ("message", "Done", True, True)


async def test_each_card_says_who_someone_is_in_slack(site: Site) -> None:
    told = await site.sees()
    standing = {handle: told[f"person:{site.user(handle)}"]["standing"] for handle in PEOPLE}

    assert standing["ada"] == "workspace owner"
    assert standing["bob"] == "workspace member"
    assert standing["dan"] == "from another workspace"


async def test_no_secret_is_told(site: Site) -> None:
    site.page.phone("ada").add(KEY)
    await site.type("ada", "/usher form")
    told = json.dumps(await site.sees())

    assert "Invite people" in told
    for secret in (KEY, TOKEN, SECRET, SECRET_METADATA, "response_url", "trigger_id"):
        assert secret not in told


async def test_a_code_is_told_anew_when_its_time_is_over(site: Site) -> None:
    site.page.phone("ada").add(KEY)
    async with site.watching() as stream:
        [before] = (await stream.next())["sections"][f"phone:{site.user('ada')}"]
        site.clock.now += timedelta(seconds=30)
        [after] = (await stream.next())["sections"][f"phone:{site.user('ada')}"]

    assert before["digits"] != after["digits"]
    assert after["until"] - before["until"] == 30


async def test_a_mail_is_told_when_it_comes(site: Site) -> None:
    async with site.watching() as stream:
        await stream.next()
        mail = b"Subject: Hello\r\n\r\nOpen http://127.0.0.1:3000/invitations/x\r\n"
        await aiosmtplib.send(
            mail, sender="u@example.org", recipients=["grace@example.org"], hostname="127.0.0.1", port=site.mailbox.port
        )
        [told] = (await stream.next())["sections"]["mail"]

    assert (told["to"], told["subject"]) == ("grace@example.org", "Hello")
    assert told["links"] == ["http://127.0.0.1:3000/invitations/x"]


async def test_the_streams_end_when_the_playground_stops(site: Site) -> None:
    async with site.watching() as stream:
        await stream.next()
        async with asyncio.timeout(0.9):
            await site.playground.stop()


async def test_the_tour_ticks_off_what_was_seen_to_happen(site: Site) -> None:
    await site.type("ada", "/usher invite grace@example.org as member")
    unticked = (await site.sees())["tour"]
    await site.type("ada", "/usher say Done. Invited grace@example.org as Member, until Monday.")
    ticked = (await site.sees())["tour"]

    assert [step["done"] for step in unticked] == [False] * 6
    assert [step["done"] for step in ticked] == [True, False, False, False, False, False]


# ---- what is done


async def test_a_form_is_sent_shows_its_error_and_closes(site: Site) -> None:
    await site.type("ada", "/usher form")
    form = (await site.sees())[f"person:{site.user('ada')}"]["form"]
    on = {"person": site.user("ada"), "on": {"view": form["id"]}, "block": "space", "action": "space", "text": "ana"}
    _, suggested = await site.act("suggest", on)
    values = {"email": "grace@example.org", "role": "member", "space": "analytics", "code": "000000"}
    sent = {
        "person": site.user("ada"),
        "view": form["id"],
        "values": {name: {name: value} for name, value in values.items()},
    }
    _, refused = await site.act("submit", sent)
    shown = (await site.sees())[f"person:{site.user('ada')}"]["form"]
    _, done = await site.act("submit", {**sent, "values": {"code": {"code": CODE}}})

    assert suggested["options"] == [{"text": "Analytics", "value": "analytics", "description": "", "group": ""}]
    assert refused["errors"] == shown["errors"] == {"code": "This code is wrong. 4 tries left."}
    assert done["closed"]
    assert site.small.sent == [{**values, "code": CODE, "groups": []}]
    assert (await site.sees())[f"person:{site.user('ada')}"]["form"] is None


async def test_a_form_is_closed(site: Site) -> None:
    await site.type("ada", "/usher form")
    form = (await site.sees())[f"person:{site.user('ada')}"]["form"]
    await site.act("close", {"person": site.user("ada"), "view": form["id"]})

    assert (await site.sees())[f"person:{site.user('ada')}"]["form"] is None


async def test_a_button_is_pressed_and_the_card_rewritten(site: Site) -> None:
    await site.type("ada", "/usher card")
    card = (await site.sees())[f"talk:{site.user('bob')}:C0GENERAL"][-1]
    press = {"person": site.user("bob"), "on": {"channel": "C0GENERAL", "ts": card["ts"]}, "action": "approve"}
    _, answer = await site.act("press", {**press, "block": card["blocks"][1]["block_id"]})

    assert answer == {"error": None}
    assert f"Approved by <@{site.user('bob')}>" in (await site.sees())[f"talk:{site.user('ada')}:C0GENERAL"][-1]["text"]


async def test_home_and_shortcuts_are_opened(site: Site) -> None:
    await site.act("home", {"person": site.user("ada")})
    await site.playground.person("ada").open_home()
    await site.act("shortcut", {"person": site.user("ada"), "callback": "invite_people"})
    ada = (await site.sees())[f"person:{site.user('ada')}"]

    assert ada["home"]["blocks"][0]["text"]["text"] == "Your access"
    assert ada["form"]["title"] == "Invite people"


async def test_a_phone_takes_a_key_and_refuses_what_is_none(site: Site) -> None:
    _, wrong = await site.act("phone", {"person": site.user("bob"), "pasted": "not a key"})
    _, right = await site.act("phone", {"person": site.user("bob"), "pasted": KEY.lower()})
    [code] = (await site.sees())[f"phone:{site.user('bob')}"]
    await site.act("phone", {"person": site.user("bob"), "remove": code["id"]})

    assert wrong["error"].startswith("That is no set-up key")
    assert right == {}
    assert (await site.sees())[f"phone:{site.user('bob')}"] == []


async def test_what_slack_refuses_is_told_in_slack_s_words(site: Site) -> None:
    assert (await site.type("ada", "/nonsense"))["error"] == "/nonsense is not a valid command."
    assert "another workspace" in (await site.type("dan", "/usher help", channel="C0SHARED"))["error"]


# ---- what is refused


async def test_nobody_acts_on_another_s_form_or_on_what_they_cannot_see(site: Site) -> None:
    await site.type("ada", "/usher form")
    await site.type("ada", "/usher say Done")
    told = await site.sees()
    form, answer = told[f"person:{site.user('ada')}"]["form"], told[f"talk:{site.user('ada')}:C0GENERAL"][-1]
    bob = {"person": site.user("bob")}
    on_message = {**bob, "on": {"channel": "C0GENERAL", "ts": answer["ts"]}, "block": "b", "action": "approve"}

    assert (await site.act("submit", {**bob, "view": form["id"], "values": {}}))[1]["error"]
    assert (await site.act("close", {**bob, "view": form["id"]}))[1]["error"]
    assert (await site.act("press", on_message))[1]["error"] == "This message is gone."
    assert (await site.sees())[f"person:{site.user('ada')}"]["form"]["id"] == form["id"]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("nonsense", {"person": "U0ADA"}, 404),
        ("type", {}, 400),
        ("type", [], 400),
        ("type", {"person": "U0ADA", "channel": "C0GENERAL", "text": 7}, 400),
        ("type", {"person": "U0ADA", "channel": "C0GENERAL", "text": ""}, 400),
        ("type", {"person": "U0ADA", "channel": "C0GENERAL", "text": "x" * 4001}, 400),
        ("type", {"person": "U0ADA", "channel": "C0GENERAL", "text": "x", "more": 1}, 400),
        ("type", {"person": "U0NOBODY", "channel": "C0GENERAL", "text": "x"}, 200),
        ("type", {"person": "U0ADA", "channel": "C0NOWHERE", "text": "x"}, 200),
        ("type", {"person": "U0DAN", "channel": "C0GENERAL", "text": "x"}, 200),
        ("shortcut", {"person": "U0ADA", "callback": "nonsense"}, 200),
        ("shortcut", {"person": "U0ADA", "callback": "give_author_access"}, 200),
        ("press", {"person": "U0ADA", "on": {"channel": "C0GENERAL", "ts": "1"}, "block": "b", "action": "a"}, 200),
        ("press", {"person": "U0ADA", "on": {}, "block": "b", "action": "a"}, 200),
        ("submit", {"person": "U0ADA", "view": "V0", "values": {"a": 1}}, 400),
        ("submit", {"person": "U0ADA", "view": "V0", "values": {}}, 200),
        ("suggest", {"person": "U0ADA", "on": {"view": "V0"}, "block": "b", "action": "a", "text": "x"}, 200),
    ],
)
async def test_a_wrong_act_changes_nothing_and_says_so(site: Site, kind: str, body: Any, status: int) -> None:
    before = site.playground.world.version
    assert (await site.act(kind, body))[0] == status
    assert (await site.act(kind, body))[1]["error"]
    assert site.playground.world.version == before


async def test_a_choice_that_the_form_does_not_offer_is_refused(site: Site) -> None:
    await site.type("ada", "/usher form")
    form = (await site.sees())[f"person:{site.user('ada')}"]["form"]
    sent = {"person": site.user("ada"), "view": form["id"], "values": {"role": {"role": "owner"}}}
    status, answer = await site.act("submit", sent)

    assert (status, site.small.sent) == (200, [])
    assert "does not offer" in answer["error"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_site_can_do_nothing(site: Site, headers: dict[str, str]) -> None:
    body = {"person": "U0ADA", "channel": "C0GENERAL", "text": "x"}
    async with site.http.post(f"{site.playground.url}/act/type", json=body, headers=headers) as response:
        assert response.status in {403, 421}
    assert (await site.sees())["talk:U0ADA:C0GENERAL"] == []


async def test_only_json_is_taken_so_that_no_plain_form_of_another_page_acts(site: Site) -> None:
    body = json.dumps({"person": "U0ADA", "channel": "C0GENERAL", "text": "x"})
    async with site.http.post(
        f"{site.playground.url}/act/type", data=body, headers={"Content-Type": "text/plain"}
    ) as response:
        assert response.status == 415
