"""A person chooses a file in a form on the page, and saves the one that comes back."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.playground.browser import chromium, keep_picture, opened_page
from tests.playground.site import opened_site
from tests.playground.test_page_in_browser import card, type_command

pytestmark = pytest.mark.browser


async def test_a_file_is_chosen_sent_and_one_comes_back(tmp_path: Path) -> None:
    mine, wrong = tmp_path / "people & <b>friends.csv", tmp_path / "picture.png"
    mine.write_bytes(b"email,role\r\n")
    wrong.write_bytes(b"png")
    async with opened_site() as site, chromium() as browser, opened_page(browser, site.playground.url) as page:
        ada = card(page, "ada")
        await type_command(page, "ada", "/usher file")
        form = ada.get_by_role("dialog", name="Bring a file")
        chooser = form.get_by_label("CSV file")
        await expect(chooser).to_be_focused()
        await form.get_by_role("button", name="Bring").click()
        await expect(form.get_by_text("Please complete this required field.")).to_be_visible()

        await chooser.set_input_files(wrong)
        await form.get_by_role("button", name="Bring").click()
        await expect(form.get_by_text("picture.png is of a kind that is not taken here.")).to_be_visible()

        await chooser.set_input_files(mine)
        await expect(form.get_by_text("12 bytes")).to_be_visible()
        await keep_picture(page, "file-chosen")
        await form.get_by_role("button", name="Bring").click()
        await expect(form).to_be_hidden()

        await ada.get_by_role("tab", name="Usher").click()
        link = ada.get_by_role("link", name="turned people")
        await expect(link).to_contain_text("12 bytes")
        await keep_picture(page, "file-received")
        async with page.expect_download() as saving:
            await link.click()
        saved = await saving.value
        assert "turned people" in saved.suggested_filename
        await saved.save_as(tmp_path / "saved.csv")
    assert (tmp_path / "saved.csv").read_bytes() == b"\n\relor,liame"


async def test_nobody_saves_what_was_shared_with_another(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_bytes(b"email\r\n")
    async with opened_site() as site:
        ada, bob = site.user("ada"), site.user("bob")
        url = f"{site.playground.url}/upload?person={ada}&name=mine.csv"
        async with site.http.post(url, data=mine.read_bytes()) as response:
            file_id = (await response.json())["id"]
        for person, status in ((ada, 200), (bob, 404), ("U0NOBODY", 404)):
            async with site.http.get(f"{site.playground.url}/download/{person}/{file_id}") as response:
                assert response.status == status
        async with site.http.post(url, data=b"x", headers={"Sec-Fetch-Site": "cross-site"}) as response:
            assert response.status == 403
        async with site.http.post(f"{site.playground.url}/upload?person=U0NOBODY&name=a.csv", data=b"x") as response:
            assert response.status == 400
