import json
from pathlib import Path

from tests.web.browsing import Browser
from tests.web.world import World


async def test_a_living_process_says_so(browser: Browser) -> None:
    seen = await browser.open("/healthz")

    assert (seen.status, json.loads(seen.html)) == (200, {"status": "ok"})


async def test_who_can_serve_is_ready(browser: Browser) -> None:
    seen = await browser.open("/readyz")

    assert (seen.status, json.loads(seen.html)) == (200, {"status": "ready"})


async def test_without_its_database_it_lives_but_is_not_ready(world: World, browser: Browser, tmp_path: Path) -> None:
    await world.usher.close()
    spoil(tmp_path)

    ready, alive = await browser.open("/readyz"), await browser.open("/healthz")

    assert (ready.status, json.loads(ready.html)) == (503, {"status": "unavailable"})
    assert alive.status == 200


def spoil(folder: Path) -> None:
    for file in folder.iterdir():
        file.write_bytes(b"no database" * 1000)
