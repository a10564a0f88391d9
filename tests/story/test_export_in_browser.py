"""An export as an admin meets it in the playground: the list is narrowed, the file arrives and is saved."""

import csv
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.spreadsheets import ENCODING
from tests.story.stage import SLOW_MS, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.mark.seed("004-107", "004-108", "004-109", "004-110")
async def test_a_narrowed_list_is_exported_and_saved(tmp_path: Path) -> None:
    cleared("export-*.png")
    async with played(prefix="export-") as stage:
        ada = stage.person("ada")
        listed = await ada.ask("/usher members status:active role:admin", first="1")
        await ada.picture("list")
        await listed.get_by_role("button", name="Export").click()
        await ada.is_answered("users.csv with 1 member is on its way", first="Done")
        await ada.see("Usher")
        await ada.is_told("users.csv: 1 member with role Admin and status Active")
        await ada.picture("file")
        link = ada.said.get_by_role("link", name="Download users.csv")
        async with stage.page.expect_download(timeout=SLOW_MS) as saving:
            await link.click()
        saved = await saving.value
        assert saved.suggested_filename == "users.csv"
        await saved.save_as(tmp_path / "users.csv")
        await ada.see("Home")
        await expect(ada.column.get_by_role("button", name="Export")).to_be_visible(timeout=SLOW_MS)
        await ada.picture("home")
    header, *rows = csv.reader((tmp_path / "users.csv").read_text(encoding=ENCODING).splitlines())
    assert header[:4] == ["email", "name", "role", "status"]
    assert [row[:4] for row in rows] == [["grace@example.com", "Grace Hopper", "Admin", "active"]]
