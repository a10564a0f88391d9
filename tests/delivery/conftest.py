from collections.abc import AsyncIterator

import pytest

from tests.delivery.office import Office
from tests.delivery.office import office as opened


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with opened() as built:
        yield built
