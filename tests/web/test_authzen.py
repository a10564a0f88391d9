"""Other software asks over HTTP whether somebody may: what it hears, and what is wrong with what it sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.web.asking import MOST_QUESTIONS
from bot.web.bodies import LIMIT_BYTES
from handlers.commands import AddResource, ChangeRole, CloseOrganization, CreateSpace, RevokeToken
from tests.asking import Product, asking, new_token, operator_does, question
from tests.people import Org, Somebody, closing, organization
from tests.running import running_usher

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

ONE, SEVERAL = "/access/v1/evaluation", "/access/v1/evaluations"
SEARCH = "/access/v1/search"


@dataclass(frozen=True, slots=True)
class Scene:
    """Ada is an admin, Bob a member who owns the image `own`; `other` is nobody's, `lab-1` lies in the space Lab."""

    acme: Org
    product: Product
    ada: Somebody
    bob: Somebody


@pytest.fixture
async def scene(database_url: str) -> AsyncIterator[Scene]:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member("member")
    await operator_does(
        acme,
        CreateSpace("Lab"),
        AddResource("image", "own", "Own", owner=bob.person),
        AddResource("image", "other", "Other"),
        AddResource("image", "lab-1", "Lab one", space="lab"),
    )
    async with asking(acme) as product:
        yield Scene(acme, product, ada, bob)


async def test_a_decision_comes_with_its_reasons(scene: Scene) -> None:
    product, ada, bob = scene.product, scene.ada, scene.bob
    said = await product.asks(bob.email, "update", "image", "own")
    assert said["decision"] is True
    first, second = said["context"]["reasons"]
    assert first.startswith("The role Member opens image:update")
    assert second.startswith("Its owner sees it")
    said = await product.asks(bob.email, "update", "image", "other")
    assert said["decision"] is False
    assert len(said["context"]["reasons"]) == 2
    assert await product.may_each(ada.email, "update", "image", "own", "other", "lab-1", "none") == [True] * 3 + [False]
    assert await product.may(ada.email, "space:rename", "space", "lab")
    assert await product.may(ada.email.upper(), "members:list", "organization")
    assert await product.may(ada.email, "use", "feature", "tags")
    assert not await product.may(bob.email, "use", "feature", "tags")


@pytest.mark.invariant(27)
async def test_whatever_is_unknown_is_denied_with_a_reason_and_alike_for_all(scene: Scene) -> None:
    product, ada = scene.product, scene.ada
    elsewhere = await organization(scene.acme.database_url, workspace="T0ELSE", beside=scene.acme)
    await operator_does(elsewhere, AddResource("image", "theirs", "Theirs"), CreateSpace("Secret"))
    stranger = await elsewhere.member("admin")

    assert (await product.asks(stranger.email, "read", "image", "own")) == (
        await product.asks("nobody@example.com", "read", "image", "own")
    )
    assert (await product.asks(ada.email, "read", "image", "theirs")) == (
        await product.asks(ada.email, "read", "image", "none")
    )
    assert (await product.asks(ada.email, "space:read", "space", "secret")) == (
        await product.asks(ada.email, "space:read", "space", "none")
    )
    for kind, action, named in (
        ("organization", "members:list", "acme-2"),
        ("organization", "members:fly", product.slug),
        ("planet", "read", "mars"),
        ("feature", "use", "teleport"),
        ("image", "fly", "own"),
        ("image", "read", ""),
        ("image", "read", "own\0"),
        ("image\0", "read", "own"),
    ):
        heard = await product.post(ONE, question(ada.email, action, kind, named))
        assert (heard.status, heard.said["decision"], len(heard.said["context"]["reasons"])) == (200, False, 1)
    asked = question(ada.email, "read", "image", "own")
    asked["subject"]["type"] = "robot"
    heard = await product.post(ONE, asked)
    assert (heard.status, heard.said["decision"]) == (200, False)
    waiting = await scene.acme.invitation("soon@example.com", "admin")
    assert waiting
    [reason] = await product.reasons("soon@example.com", "members:list", "organization")
    assert "not accepted yet" in reason


ADA: dict[str, Any] = question("ada@example.com", "read", "image", "own")


def without(path: str) -> dict[str, Any]:
    body = json.loads(json.dumps(ADA))
    *outer, last = path.split(".")
    inner = body
    for name in outer:
        inner = inner[name]
    del inner[last]
    return body


def having(path: str, value: object) -> dict[str, Any]:
    body = json.loads(json.dumps(ADA))
    *outer, last = path.split(".")
    inner = body
    for name in outer:
        inner = inner[name]
    inner[last] = value
    return body


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_malformed_is_answered_with_what_is_wrong(scene: Scene) -> None:
    product = scene.product
    wrong: list[tuple[Any, str]] = [
        *((without(path), path) for path in ("subject", "action", "resource", "subject.id", "subject.type")),
        *((without(path), path) for path in ("action.name", "resource.type", "resource.id")),
        *((having(path, 7), path) for path in ("subject", "subject.id", "action.name", "resource.type")),
        *((having(path, []), path) for path in ("context", "subject.properties", "resource.properties")),
        (having("resource.id", None), "resource.id"),
        (having("subject.id", "\ud800"), "subject.id"),
        ([], "object"),
    ]
    for body, named in wrong:
        heard = await product.post(ONE, data=json.dumps(body), headers={"Content-Type": "application/json"})
        assert heard.status == 400
        assert named in heard.said["error"], heard.said

    several: list[tuple[dict[str, Any], str]] = [
        ({"evaluations": {"a": 1}}, "evaluations"),
        ({"evaluations": [ADA, 7]}, "evaluations[1]"),
        ({"evaluations": [ADA, without("resource.id")]}, "evaluations[1].resource.id"),
        ({"evaluations": [without("subject")]}, "evaluations[0].subject"),
        ({"evaluations": [ADA], "options": {"evaluations_semantic": "guess"}}, "evaluations_semantic"),
        ({"evaluations": [ADA], "options": []}, "options"),
        ({"evaluations": [ADA] * (MOST_QUESTIONS + 1)}, str(MOST_QUESTIONS)),
    ]
    for body, named in several:
        heard = await product.post(SEVERAL, body)
        assert heard.status == 400
        assert named in heard.said["error"], heard.said

    pages: list[Any] = [{"limit": -1}, {"limit": "1"}, {"limit": True}, {"token": 7}, {"token": "nonsense"}, []]
    for page in pages:
        heard = await product.post(f"{SEARCH}/subject", {**ADA, "page": page})
        assert heard.status == 400
        assert "page" in heard.said["error"]


RAW: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "no UTF-8": (b'{"subject": "\xff"}', 400),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), 400),
    "a name twice": (b'{"subject": {"type": "user", "type": "user"}}', 400),
    "no number": (b'{"context": {"n": NaN}}', 400),
    "a long number": (b'{"n": ' + b"9" * 5000 + b"}", 400),
    "deeply nested": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "too long": (b'{"a": "' + b"x" * LIMIT_BYTES + b'"}', 413),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_body_does_harm(scene: Scene) -> None:
    product, as_json = scene.product, {"Content-Type": "application/json"}
    for name, (raw, status) in RAW.items():
        heard = await product.post(ONE, data=raw, headers=as_json)
        assert (heard.status, name) == (status, name)
        assert heard.said["error"]
    long, _ = RAW["too long"]

    async def in_pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(long), 8192):
            yield long[begin : begin + 8192]

    assert (await product.post(ONE, data=in_pieces(), headers=as_json)).status == 413
    good = json.dumps(ADA).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"):
        assert (await product.post(ONE, data=good, headers={"Content-Type": kind})).status == 415
    packed = {"Content-Type": "application/json; charset=utf-8", "Content-Encoding": "gzip"}
    assert (await product.post(ONE, data=good, headers=packed)).status == 415
    assert (
        await product.post(ONE, data=good, headers={"Content-Type": "application/json; charset=utf-8"})
    ).status == 200


@pytest.mark.invariant(20, 27)
async def test_only_a_living_token_of_the_organization_opens_the_door(scene: Scene) -> None:
    product, acme = scene.product, scene.acme
    asked = question(scene.ada.email, "members:list", "organization", product.slug)
    elsewhere = await organization(acme.database_url, workspace="T0ELSE", beside=acme)
    other = await new_token(acme.usher, elsewhere.id)
    assert (await product.post(ONE, asked, token=other)).said["decision"] is False
    second = await new_token(acme.usher, acme.id)
    assert (await product.post(ONE, asked, token=second)).said["decision"] is True
    name = next(row["details"] for row in reversed(await acme.audited("token.created")))
    await operator_does(acme, RevokeToken(json.loads(name)["name"]))
    for path in (ONE, SEVERAL, f"{SEARCH}/subject", f"{SEARCH}/resource", f"{SEARCH}/action"):
        for token in (second, "nonsense", "usher_" + "0" * 48, product.token + "0"):
            heard = await product.post(path, asked, token=token)
            assert heard.status == 401
            assert heard.headers["WWW-Authenticate"].startswith("Bearer")
    for header in ({"Authorization": f"Basic {product.token}"}, {"Authorization": product.token}):
        assert (await product.post(ONE, asked, headers=header)).status == 401
    async with product.session.post(ONE, json=asked) as bare:
        assert bare.status == 401
    assert (await product.post(ONE, asked)).said["decision"] is True
    await operator_does(acme, CloseOrganization("acme"))
    assert (await product.post(ONE, asked)).status == 401


async def test_several_are_answered_in_order_until_what_was_asked_for_is_decided(scene: Scene) -> None:
    product, bob = scene.product, scene.bob
    top = {"subject": {"type": "user", "id": bob.email}, "action": {"name": "read"}}
    each: list[dict[str, Any]] = [
        {"resource": {"type": "image", "id": "own"}},
        {"resource": {"type": "image", "id": "other"}},
        {"resource": {"type": "image", "id": "own"}, "action": {"name": "update"}},
        {"resource": {"type": "image", "id": "own"}, "subject": {"type": "user", "id": scene.ada.email}},
    ]

    async def heard(**options: str) -> list[bool]:
        more = {"options": options} if options else {}
        answer = await product.post(SEVERAL, {**top, "evaluations": each, **more})
        assert answer.status == 200
        assert all(one["context"]["reasons"] for one in answer.said["evaluations"])
        return [one["decision"] for one in answer.said["evaluations"]]

    assert await heard() == [True, False, True, True]
    assert await heard(evaluations_semantic="execute_all", another="1") == [True, False, True, True]
    assert await heard(evaluations_semantic="deny_on_first_deny") == [True, False]
    assert await heard(evaluations_semantic="permit_on_first_permit") == [True]
    each.reverse()
    assert await heard(evaluations_semantic="deny_on_first_deny") == [True, True, False]
    alone: list[dict[str, Any]] = [{**ADA, "evaluations": []}, ADA]
    for body in alone:
        assert (await product.post(SEVERAL, body)).said["decision"] is False


async def test_searches_find_who_and_what_and_how_page_by_page(scene: Scene) -> None:
    product, acme, ada, bob = scene.product, scene.acme, scene.ada, scene.bob
    owner = await acme.member("member")
    await operator_does(acme, ChangeRole(owner.person, "viewer", space="lab"))
    root = acme.founder

    async def found(what: str, body: dict[str, Any], limit: int | None = None) -> list[str]:
        names: list[str] = []
        page: dict[str, Any] = {} if limit is None else {"limit": limit}
        while True:
            heard = await product.post(f"{SEARCH}/{what}", {**body, "page": page})
            assert heard.status == 200, heard
            here = [one["name"] if what == "action" else one["id"] for one in heard.said["results"]]
            assert heard.said["page"]["count"] == len(here) <= (limit or 100)
            names += here
            if not heard.said["page"]["next_token"]:
                return names
            page = {**page, "token": heard.said["page"]["next_token"]}

    reads = question("", "read", "image", "own")
    assert await found("subject", reads) == sorted([ada.email, bob.email, root.email])
    for limit in (1, 2, 3):
        assert await found("subject", reads, limit) == sorted([ada.email, bob.email, root.email])
    in_lab = await found("subject", question("", "read", "image", "lab-1"), 1)
    assert set(in_lab) == {ada.email, root.email, owner.email}
    assert await found("subject", question("", "space:rename", "space", "lab")) == sorted([ada.email, root.email])
    assert await found("subject", question("", "read", "image", "none")) == []
    robots = question("", "read", "image", "own") | {"subject": {"type": "robot"}}
    assert await found("subject", robots) == []

    for limit in (None, 1, 2):
        assert await found("resource", question(ada.email, "read", "image", ""), limit) == ["lab-1", "other", "own"]
        assert await found("resource", question(bob.email, "read", "image", ""), limit) == ["own"]
    assert await found("resource", question(owner.email, "read", "image", "")) == ["lab-1"]
    assert await found("resource", question(owner.email, "space:read", "space", "")) == ["lab"]
    assert await found("resource", question(ada.email, "members:list", "organization", "")) == [product.slug]
    assert len(await found("resource", question(ada.email, "use", "feature", ""), 5)) == 14
    assert await found("resource", question("nobody@example.com", "read", "image", "")) == []
    assert await found("resource", question(ada.email, "read", "planet", "")) == []

    for limit in (None, 1, 3):
        assert await found("action", question(ada.email, "", "image", "own"), limit) == [
            "read",
            "scan",
            "update",
            "delete",
        ]
    assert await found("action", question(bob.email, "", "image", "other")) == []
    assert await found("action", question(ada.email, "", "planet", "mars")) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_page_goes_on_only_with_the_search_it_belongs_to(scene: Scene) -> None:
    product, ada = scene.product, scene.ada
    asked = question(ada.email, "read", "image", "")
    first = await product.post(f"{SEARCH}/resource", {**asked, "page": {"limit": 1}})
    token = first.said["page"]["next_token"]
    on = {"page": {"token": token}}
    assert [one["id"] for one in (await product.post(f"{SEARCH}/resource", {**asked, **on})).said["results"]] == [
        "other"
    ]
    for body in (
        {**question(ada.email, "update", "image", ""), **on},
        {**question(scene.bob.email, "read", "image", ""), **on},
        {**asked, "context": {"time": "now"}, **on},
        {**asked, "page": {"token": token, "limit": 2}},
    ):
        assert (await product.post(f"{SEARCH}/resource", body)).status == 400
    assert (await product.post(f"{SEARCH}/subject", {**asked, **on})).status == 400
    none = await product.post(f"{SEARCH}/resource", {**asked, "page": {"limit": 0}})
    assert none.said["results"] == []
    assert none.said["page"]["next_token"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_answer_names_the_request_as_it_was_named(scene: Scene) -> None:
    product, named = scene.product, {"X-Request-ID": "bfe9eb29; a/b=c"}
    asked = question(scene.ada.email, "read", "image", "own")
    for heard in (
        await product.post(ONE, asked, headers=named),
        await product.post(ONE, {}, headers=named),
        await product.post(ONE, asked, headers=named, token="nonsense"),
    ):
        assert heard.headers["X-Request-ID"] == "bfe9eb29; a/b=c"
    assert "X-Request-ID" not in (await product.post(ONE, asked)).headers
    assert (await product.post(ONE, asked, headers={"X-Request-ID": "x" * 2000})).status == 400
    assert (await product.post(ONE, asked, headers={"X-Request-ID": "é"})).status == 400


async def test_a_running_bot_says_where_to_ask_and_answers_there() -> None:
    async with running_usher() as bot, aiohttp.ClientSession(bot.url) as anybody:
        async with anybody.get("/.well-known/authzen-configuration") as answer:
            said = await answer.json()
        assert said["policy_decision_point"] == bot.url
        assert said["access_evaluation_endpoint"] == bot.url + ONE
        assert set(said) == {
            "policy_decision_point",
            "access_evaluation_endpoint",
            "access_evaluations_endpoint",
            "search_subject_endpoint",
            "search_resource_endpoint",
            "search_action_endpoint",
        }
        async with anybody.post(said["access_evaluation_endpoint"], json=ADA) as answer:
            assert answer.status == 401
