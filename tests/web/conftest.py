from collections.abc import AsyncIterator

import pytest

from handlers.house import open_usher
from tests.running import Clock
from tests.web.browsing import Browser
from tests.web.world import World, browsing, settle


@pytest.fixture
def world_url(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for both (`world.ON_BOTH`)."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
async def world(world_url: str) -> AsyncIterator[World]:
    clock = Clock()
    usher = await open_usher(database_url=world_url, keys=[bytes(32)], mail=False, clock=clock)
    try:
        yield await settle(usher, clock)
    finally:
        await usher.close()


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Browser]:
    async with browsing(world.usher) as browser:
        yield browser
