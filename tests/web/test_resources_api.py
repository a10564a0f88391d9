"""Products register their resources over HTTP, take them out, and tell everybody on a list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from bot.web.bodies import LIMIT_BYTES
from handlers.commands import CreateSpace, Share, Thing
from storage.tables import resources
from tests.asking import Heard, Product, asking, new_token
from tests.people import Org, Somebody, closing, organization, told

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

PATH = "/api/resources"


@dataclass(frozen=True, slots=True)
class Scene:
    """Ada is an admin, Bob a member; there is the space Lab."""

    acme: Org
    product: Product
    ada: Somebody
    bob: Somebody

    async def registers(self, **body: Any) -> Heard:
        return await self.product.post(PATH, {"kind": "image", "id": "scan/1", "name": "Scan", **body})

    async def deletes(self, kind: str, named: str, *, token: str | None = None, **headers: str) -> Heard:
        path = f"{PATH}/{quote(kind, safe='')}/{quote(named, safe='')}"
        sent = {"Authorization": f"Bearer {token or self.product.token}", **headers}
        async with self.product.session.delete(path, headers=sent) as answer:
            said = await answer.json() if answer.content_type == "application/json" else await answer.text()
            return Heard(answer.status, said, answer.headers)

    async def names(self) -> list[str]:
        return sorted(row["name"] for row in await self.acme.rows(resources))


@pytest.fixture
async def scene(database_url: str) -> AsyncIterator[Scene]:
    acme = await organization(database_url)
    ada, bob = await acme.member("admin"), await acme.member()
    assert told([await acme.operator(CreateSpace("Lab"))]) == ["space-changed"]
    async with asking(acme) as product:
        yield Scene(acme, product, ada, bob)


@pytest.mark.seed("001-44")
async def test_a_product_registers_changes_and_takes_out_what_it_has(scene: Scene) -> None:
    first = await scene.registers(space="lab", owner=scene.bob.email.upper())
    assert (first.status, first.said) == (201, {"kind": "image", "id": "scan/1", "name": "Scan"})
    [row] = await scene.acme.rows(resources)
    assert (row["owner_id"], row["space_id"] != "") == (scene.bob.id, True)
    again = await scene.registers(name="Scan of March")
    assert again.status == 200
    [row] = await scene.acme.rows(resources)
    assert (row["name"], row["owner_id"], row["space_id"] != "") == ("Scan of March", scene.bob.id, True)
    same = await scene.registers(name="Scan of March")
    assert same.status == 200
    assert await scene.product.may(scene.bob.email, "update", "image", "scan/1")
    gone = await scene.deletes("image", "scan/1")
    assert (gone.status, gone.said) == (204, "")
    assert await scene.names() == []
    assert not await scene.product.may(scene.bob.email, "update", "image", "scan/1")
    assert (await scene.deletes("image", "scan/1")).status == 404
    done = [row for row in await scene.acme.audited() if row["action"].startswith("resource.")]
    assert [row["action"] for row in done] == ["resource.added", "resource.changed", "resource.removed"]
    assert len({row["target"] for row in done}) == 1


WRONG = [
    ({"kind": "planet"}, 400, "kind"),
    ({"kind": 5}, 400, "kind"),
    ({"id": ""}, 400, "id"),
    ({"id": " scan"}, 400, "id"),
    ({"id": "scan\u0000"}, 400, "id"),
    ({"id": "x" * 201}, 400, "id"),
    ({"id": None}, 400, "id"),
    ({"name": " \n "}, 400, "name"),
    ({"name": "x" * 201}, 400, "name"),
    ({"name": ["Scan"]}, 400, "name"),
    ({"space": "nowhere"}, 404, "space"),
    ({"space": ""}, 400, "space"),
    ({"space": "la\u0000b"}, 400, "space"),
    ({"owner": "nobody@example.com"}, 404, "owner"),
    ({"owner": {"email": "x"}}, 400, "owner"),
    ({"owner": "\ud800"}, 400, "owner"),
]


async def test_what_is_wrong_is_said_with_its_field_and_nothing_is_registered(scene: Scene) -> None:
    for body, status, field in WRONG:
        heard = await scene.registers(**body)
        assert (heard.status, heard.said.get("field")) == (status, field), (body, heard)
        assert heard.said["error"].strip().endswith(".")
    assert await scene.names() == []


async def test_only_json_of_a_sensible_size_is_read(scene: Scene) -> None:
    product = scene.product
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    sent: list[tuple[bytes, int, dict[str, str]]] = [
        (b"{", 400, {}),
        (b"[]", 400, {}),
        (b"\xff{}", 400, {}),
        (b'{"kind": "image", "kind": "task"}', 400, {}),
        (b"[" * 50_000, 400, {}),
        (b'{"a": "' + b"x" * LIMIT_BYTES + b'"}', 413, {}),
        (b"{}", 415, {"Content-Type": "text/plain"}),
        (b"{}", 415, packed),
    ]
    for data, status, headers in sent:
        heard = await product.post(PATH, data=data, headers={"Content-Type": "application/json", **headers})
        assert (heard.status, list(heard.said)) == (status, ["error"]), heard


@pytest.mark.invariant(27)
async def test_a_token_reaches_its_own_organization_alone(scene: Scene) -> None:
    other = await organization(scene.acme.database_url, workspace="T0OTHER", beside=scene.acme)
    theirs = await new_token(other.usher, other.id)
    stranger = await other.member("admin")
    assert (await scene.registers()).status == 201
    missing = await scene.deletes("image", "none", token=theirs)
    there = await scene.deletes("image", "scan/1", token=theirs)
    assert (there.status, str(there.said).replace("scan/1", "none")) == (404, str(missing.said))
    assert (await scene.registers(owner=stranger.email)).status == 404
    for token in ("usher_nothing", ""):
        heard = await scene.product.post(PATH, {}, token=token or "-")
        assert (heard.status, heard.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Usher"')
    assert await scene.names() == ["Scan"]


async def test_a_resource_is_taken_out_by_its_id_and_never_by_a_name_that_looks_like_one(scene: Scene) -> None:
    await scene.registers(id="a", name="b")
    assert (await scene.deletes("image", "b")).status == 404
    assert (await scene.deletes("planet", "a")).status == 404
    assert (await scene.deletes("image", "a\u0000")).status == 404
    assert (await scene.deletes("Image", "a")).status == 204
    await scene.registers(id="../ü %2F?", name="Odd")
    assert (await scene.deletes("image", "../ü %2F?")).status == 204


async def test_the_same_key_with_the_same_request_is_one_act(scene: Scene) -> None:
    product, key = scene.product, {"Idempotency-Key": "k-1"}
    body = {"kind": "image", "id": "a", "name": "A"}
    first = await product.post(PATH, body, headers=key)
    assert (await scene.deletes("image", "a")).status == 204
    again = await product.post(PATH, body, headers=key)
    assert (first.status, again.status, again.said) == (201, 201, first.said)
    assert await scene.names() == []
    assert (await product.post(PATH, {**body, "id": "b"}, headers=key)).status == 201
    another = await new_token(scene.acme.usher, scene.acme.id)
    assert (await product.post(PATH, body, headers=key, token=another)).status == 201
    assert await scene.names() == ["A", "A"]
    for wrong in ("", "x" * 256, "ü"):
        heard = await product.post(PATH, body, headers={"Idempotency-Key": wrong})
        assert (heard.status, heard.said["field"]) == (400, "Idempotency-Key")


@pytest.mark.seed("002-26", "002-27")
async def test_a_product_tells_everybody_on_a_list_and_hears_how_many(scene: Scene) -> None:
    await scene.registers()
    path = f"{PATH}/image/{quote('scan/1', safe='')}/notify"
    nobody = await scene.product.post(path, {"text": "It is done."})
    assert (nobody.status, nobody.said["told"]) == (202, 0)
    shared = Share(Thing("image", "scan/1"), (scene.bob.person,), ("plain@elsewhere.example",))
    assert told([await scene.ada.does(shared)]) == ["resource-changed"]
    heard = await scene.product.post(path, {"text": "It is done."})
    assert (heard.status, heard.said) == (202, {"told": 2, "not_reached": 0, "addresses": []})
    for text in ("", " \n ", "x" * 3001, None, 7):
        wrong = await scene.product.post(path, {"text": text})
        assert (wrong.status, wrong.said["field"]) == (400, "text")
    missing = await scene.product.post(f"{PATH}/image/none/notify", {"text": "Hello"})
    assert (missing.status, missing.said["field"]) == (404, "id")
