"""Whoever was so slow that their lease ended may still record what they sent, and must spoil nothing by it."""

from datetime import timedelta

import pytest

from handlers.house import Usher, open_usher
from handlers.notices import NOTICES, Told
from storage.records import OutboxRecord, new_id
from tests.running import Clock

KEYS = [b"k" * 32]


async def post(usher: Usher, to: str) -> None:
    notice = Told(to=to, about="reactivated")
    async with usher.store.transaction(None, at=usher.clock()) as tx:
        tx.post(OutboxRecord(notice.kind, f"member:{to}", NOTICES.dump_json(notice).decode(), new_id(), usher.clock()))


@pytest.mark.invariant(37)
async def test_a_late_recording_takes_no_other_notice_away(database_url: str) -> None:
    clock = Clock()
    usher = await open_usher(database_url=database_url, keys=KEYS, clock=clock)
    try:
        await post(usher, "ada")
        [late] = await usher.post.claim()
        clock.now += timedelta(seconds=61)
        [again] = await usher.post.claim()
        await usher.post.sent(again)
        await post(usher, "grace")
        await usher.post.sent(late)
        [left] = await usher.post.claim()
        assert left.target == "member:grace"
    finally:
        await usher.close()
