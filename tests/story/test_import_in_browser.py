"""An import with mistakes, as an admin meets it in the playground: seen through, confirmed, and told of to its end."""

import pytest
from playwright.async_api import expect

from tests.story.stage import SLOW_MS, Player, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PREFIX = "import-"
PEOPLE = """E-mail;Name;Role;Phone
bob@new.example;Bob Hopper;guest;1
linus@example.com;Linus;;2
nobody;;;3
cleo@new.example;Cleo;boss;4
bob@new.example;Bob again;;5
dora@new.example;Dora Maar;;6
"""


@pytest.mark.seed("004-111", "004-113")
async def test_an_admin_imports_a_file_with_mistakes() -> None:
    cleared(f"{PREFIX}*.png")
    async with played(prefix=PREFIX) as stage:
        ada = stage.person("ada")
        await chooses(ada)
        preview = await ada.has_form("Import people")
        await expect(preview).to_contain_text("2 will be invited, 1 already a member and 3 wrong", timeout=SLOW_MS)
        await expect(preview).to_contain_text("Line 4: nobody: not an e-mail address")
        await ada.picture("preview")
        await preview.get_by_role("button", name="Invite 2 people").click()
        await expect(await ada.has_form("Done")).to_contain_text("Inviting 2 people from people.csv")
        await ada.picture("begun")
        await ada.close("Done")
        await ada.see("Usher")
        await expect(ada.column.get_by_text("2 people from people.csv are invited").first).to_be_visible(
            timeout=SLOW_MS
        )
        await expect(ada.column.get_by_text("results.csv").last).to_be_visible(timeout=SLOW_MS)
        await ada.picture("told")
        mail = await stage.open_mail("dora@new.example", "invite")
        await expect(mail).to_contain_text("Ada Lovelace")
        await ada.picture("mail")


async def chooses(ada: Player) -> None:
    await ada.type("/usher import")
    form = await ada.has_form("Import people")
    await form.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()}
    )
    await expect(form.get_by_text("people.csv").first).to_be_visible(timeout=SLOW_MS)
    await form.get_by_label("Role").select_option("Member")
    await ada.picture("form")
    await form.get_by_role("button", name="Preview").click()
