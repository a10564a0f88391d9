"""Many invitations as an admin meets them in the playground: reviewed, listed, filtered, and changed in one go."""

import re

import pytest
from playwright.async_api import expect

from tests.story.stage import SLOW_MS, Stage, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PEOPLE = ", ".join(f"person{n:02}@example.net" for n in range(1, 13))


@pytest.mark.seed("004-14", "000-07", "000-08", "003-42", "003-43", "003-44")
async def test_twelve_are_invited_listed_and_changed_together() -> None:
    cleared("invitations-*.png")
    async with played(prefix="invitations-") as stage:
        await looks_after_many(stage)


async def looks_after_many(stage: Stage) -> None:
    grace = stage.person("grace")
    await grace.type("/usher invite")
    form = await grace.has_form("Invite people")
    await form.get_by_label("E-mail").fill(PEOPLE)
    await form.get_by_label("Role").select_option("Guest")
    await form.get_by_role("button", name="Invite").click()
    review = await grace.has_form("Review and send")
    await expect(review).to_contain_text("Nothing is sent yet. 12 people will be invited as Guest")
    await grace.picture("review")
    await review.get_by_role("button", name="Send invitations").click()
    done = await grace.has_form("Done")
    await expect(done).to_contain_text("person01@example.net")
    await done.get_by_role("button", name="Close").first.click()

    listed = await grace.ask("/usher invitations", "newest first", first="10 of")
    await expect(listed).to_contain_text("Pending, invited just now")
    await grace.picture("list")
    await listed.get_by_label("Status").select_option("pending")
    await expect(listed).to_contain_text("pending invitations, newest first", timeout=SLOW_MS)
    await listed.get_by_role("button", name="Next").click()
    await expect(listed).to_contain_text(re.compile(r"person11@example\.net.*person12@example\.net"), timeout=SLOW_MS)
    await grace.picture("pending-page-two")

    await listed.get_by_role("button", name="Choose several").click()
    several = await grace.has_form("Several invitations")
    await several.get_by_label("person03@example.net").check()
    await several.get_by_label("person04@example.net").check()
    await several.get_by_role("radio", name="Revoke").check()
    await grace.picture("several")
    await several.get_by_role("button", name="Resend or revoke").click()
    ended = await grace.has_form("Done")
    await expect(ended).to_contain_text("2 invitations revoked: their links are dead.")
    await grace.picture("revoked")
    await ended.get_by_role("button", name="Close").first.click()

    await listed.get_by_role("button", name="Revoke all pending").click()
    sure = await grace.has_form("Revoke pending ones")
    await expect(sure).to_contain_text("Their links die at once")
    await grace.picture("sure")
    await sure.get_by_role("button", name="Revoke").click()
    await expect(await grace.has_form("Done")).to_contain_text("invitations revoked", timeout=SLOW_MS)
    await grace.picture("all-revoked")
