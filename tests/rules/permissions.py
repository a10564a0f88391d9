"""Organizations in which somebody's permissions are set, and what they may do then."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from handlers.catalogue import load
from handlers.commands import AddResource, ChangeSettings, OrganizationChanged, ResourceChanged
from handlers.permission_queries import Sheet
from storage.tables import resources
from tests.asking import Product, asking
from tests.people import Org, Somebody, organization, result


async def resplendent(database_url: str, *, plan: str = "professional", datasets: Sequence[str] = ()) -> Org:
    acme = await organization(database_url, catalogue="resplendent")
    if plan != load("resplendent").plan_at_setup:
        await has_plan(acme, plan)
    await add_datasets(acme, *datasets)
    return acme


async def has_plan(acme: Org, plan: str) -> None:
    result(await acme.operator(ChangeSettings(plan=plan)), OrganizationChanged)


async def add_datasets(acme: Org, *names: str, kind: str = "dataset") -> None:
    """Products know `sales` as `ds-sales`."""
    for name in names:
        result(await acme.operator(AddResource(kind, f"ds-{name}", name.capitalize())), ResourceChanged)


async def ids(acme: Org, *names: str) -> tuple[str, ...]:
    """The ids by which datasets are selected."""
    rows = {row["outside_id"]: row["id"] for row in await acme.rows(resources) if row["organization_id"] == acme.id}
    return tuple(rows[f"ds-{name}"] for name in names)


class Asked:
    """What somebody may do now, asked as products ask it: over HTTP, once for each organization that is asked about."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._products: dict[str, Product] = {}

    async def _of(self, acme: Org) -> Product:
        if acme.id not in self._products:
            self._products[acme.id] = await self._stack.enter_async_context(asking(acme))
        return self._products[acme.id]

    async def may(self, acme: Org, who: Somebody, action: str, kind: str, named: str = "") -> bool:
        return await (await self._of(acme)).may(who.email, action, kind, named)

    async def can(self, acme: Org, who: Somebody, kind: str, named: str = "") -> set[str]:
        return await (await self._of(acme)).can(who.email, kind, named)

    async def reaches(self, acme: Org, who: Somebody, *names: str, action: str = "read") -> str:
        """The initials of the datasets on which somebody may do that."""
        found = await (await self._of(acme)).may_each(who.email, action, "dataset", *(f"ds-{name}" for name in names))
        return "".join(name[0] for name, may in zip(names, found, strict=True) if may)

    async def has(self, acme: Org, who: Somebody, *toggles: str) -> Mapping[str, bool]:
        found = await (await self._of(acme)).may_each(who.email, "use", "feature", *toggles)
        return dict(zip(toggles, found, strict=True))


async def sheet(by: Somebody, who: Somebody, *, space: str | None = None) -> Sheet:
    """What the form shows. Raises Refusal."""
    return await by.org.usher.queries.permissions(await by.desk(), who.id, space=space)
