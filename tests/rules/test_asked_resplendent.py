"""Seed 004 as a product asks it: over HTTP, after the permissions of one member were set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from handlers.commands import (
    AddResource,
    ChangeRole,
    ChangeSettings,
    CreateGroup,
    JoinGroup,
    LeaveGroup,
    ResetPermissions,
    SetPermissions,
    Share,
    Thing,
)
from storage.tables import resources
from tests.asking import Product, asking, operator_does
from tests.people import Org, Somebody, closing, organization
from tests.rules.reading import RESPLENDENT

__all__ = ["closing"]

pytestmark = pytest.mark.usefixtures("closing")

ALL = {"read", "write", "open", "ai-chat"}
AI = {"ai_chat", "ai_context_updates"}


@dataclass(frozen=True, slots=True)
class Company:
    """With two datasets, and a dashboard that is shown to the group Sales."""

    acme: Org
    product: Product
    admin: Somebody
    staff: Somebody
    member: Somebody
    sales: str

    async def dataset(self, who: Somebody, named: str = "sales") -> set[str]:
        return await self.product.can(who.email, "dataset", named)

    async def board(self, who: Somebody) -> set[str]:
        return await self.product.can(who.email, "dashboard", "board")

    async def features(self, who: Somebody) -> set[str]:
        heard = await self.product.post(
            "/access/v1/search/resource",
            {
                "subject": {"type": "user", "id": who.email},
                "action": {"name": "use"},
                "resource": {"type": "feature"},
            },
        )
        return {one["id"] for one in heard.said["results"]}

    async def set(self, who: Somebody, **rules: object) -> None:
        await operator_does(self.acme, SetPermissions(who.person, **rules))  # pyright: ignore[reportArgumentType]


@pytest.fixture
async def company(database_url: str) -> AsyncIterator[Company]:
    acme = await organization(database_url, catalogue="resplendent")
    admin, staff, member = [await acme.member(role) for role in ("admin", "staff", "member")]
    every = (admin.person, staff.person, member.person)
    await operator_does(
        acme,
        ChangeSettings(plan="professional"),
        AddResource("dataset", "sales", "Sales"),
        AddResource("dataset", "costs", "Costs"),
        AddResource("dashboard", "board", "Board"),
        CreateGroup("Sales"),
        Share(Thing("dashboard", "board"), groups=("Sales",)),
        *(Share(Thing("dataset", named), every) for named in ("sales", "costs")),
    )
    rows = {row["outside_id"]: row["id"] for row in await acme.rows(resources)}
    async with asking(acme) as product:
        yield Company(acme, product, admin, staff, member, rows["sales"])


@pytest.mark.seed(*(f"004-{number}" for number in (39, 42, 43, 44, 45, 46, 49, 53, 54, 55, 56, 57)))
async def test_access_mode_level_and_overrides_bind_staff(company: Company) -> None:
    staff, chosen = company.staff, (company.sales,)
    await company.set(staff, on=("ai_chat",))
    assert await company.dataset(staff) == await company.dataset(staff, "costs") == ALL
    await company.set(staff, mode="blacklist", level="write", datasets=chosen)
    assert (await company.dataset(staff), await company.dataset(staff, "costs")) == (set(), ALL)
    await company.set(staff, mode="whitelist", level="read", datasets=chosen)
    assert (await company.dataset(staff), await company.dataset(staff, "costs")) == (ALL - {"write"}, set())
    await company.set(staff, mode="whitelist", level="read", datasets=chosen, overrides=((company.sales, "write"),))
    assert await company.dataset(staff) == ALL
    await company.set(staff, mode="whitelist", level="write", datasets=chosen, overrides=((company.sales, "read"),))
    assert await company.dataset(staff) == ALL - {"write"}
    await company.set(staff, mode="full", level="read")
    assert await company.dataset(staff) == ALL - {"write"}
    await operator_does(company.acme, ChangeSettings(plan="free"))
    assert await company.dataset(staff) == ALL


@pytest.mark.seed("004-45", "004-47", "004-48", "004-50", "004-51", "004-52", "004-74", "004-75")
async def test_they_bind_members_in_ai_chat_alone_and_admins_never(company: Company) -> None:
    admin, member, chosen = company.admin, company.member, (company.sales,)
    assert await company.dataset(member) == {"read"}
    await company.set(member, on=("ai_chat",), mode="whitelist", datasets=chosen)
    assert await company.dataset(member) == {"read", "ai-chat"}
    assert await company.dataset(member, "costs") == {"read"}
    assert await company.dataset(admin) == await company.dataset(admin, "costs") == ALL
    await operator_does(company.acme, ChangeRole(company.staff.person, "admin"))
    assert await company.dataset(company.staff) == ALL


@pytest.mark.seed("004-59", "004-61", "004-62", "004-83", "004-18", "004-27")
async def test_groups_show_a_dashboard_and_the_toggle_lets_edit_it(company: Company) -> None:
    staff, member = company.staff, company.member
    assert await company.board(company.admin) == await company.board(staff) == set()
    await operator_does(company.acme, JoinGroup((staff.person, member.person), "Sales"))
    assert (await company.board(staff), await company.board(member)) == ({"view", "edit"}, {"view"})
    await company.set(staff, off=("dashboards_widgets",))
    assert await company.board(staff) == {"view"}
    await operator_does(company.acme, LeaveGroup((staff.person,), "Sales"))
    assert await company.board(staff) == set()


@pytest.mark.seed(*(f"004-{number}" for number in (59, 60, *range(63, 75), *range(76, 83), 84)))
async def test_toggles_follow_the_role_until_they_are_set_and_the_plan_has_the_last_word(company: Company) -> None:
    every, staff, member = set(RESPLENDENT.toggles), company.staff, company.member
    assert await company.features(company.admin) == await company.features(company.acme.founder) == every
    assert await company.features(staff) == every - {"ai_chat"}
    assert await company.features(member) == set()
    await company.set(staff, on=("ai_chat",))
    for toggle in RESPLENDENT.toggles:
        await company.set(staff, off=(toggle,))
        assert not await company.product.may(staff.email, "use", "feature", toggle)
        await company.set(staff, on=(toggle,))
        assert await company.product.may(staff.email, "use", "feature", toggle)
    assert await company.features(staff) == every
    await company.set(member, on=("ai_chat",))
    assert await company.features(member) == {"ai_chat"}
    await operator_does(company.acme, ChangeSettings(plan="free"))
    assert await company.features(staff) == AI
    await operator_does(company.acme, ChangeSettings(plan="professional"), ResetPermissions(staff.person))
    assert await company.features(staff) == every - {"ai_chat"}
