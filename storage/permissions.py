"""What is set for one member beside their roles: dataset rules, selected datasets and toggles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Text, bindparam, case, delete, insert, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.records import AuditEntry
from storage.tables import dataset_choices, dataset_rules, resources, toggles
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SetRecord:
    """``mode`` None: no rules. ``choices``: resource id to override. ``toggles``: what is set, not what a role has."""

    mode: str | None = None
    level: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    toggles: Mapping[str, bool] = field(default_factory=dict[str, bool])


_MEMBER = bindparam("member", type_=Text)
_OF_MEMBER = union_all(
    select(
        literal("rules").label("sort"), dataset_rules.c.mode.label("name"), dataset_rules.c.level.label("value")
    ).where(dataset_rules.c.member_id == _MEMBER),
    select(literal("choice"), dataset_choices.c.resource_id, dataset_choices.c.override).where(
        dataset_choices.c.member_id == _MEMBER
    ),
    select(literal("toggle"), toggles.c.toggle, case((toggles.c.on, "on"), else_="off")).where(
        toggles.c.member_id == _MEMBER
    ),
)


async def of_member(connection: AsyncConnection, member: str) -> SetRecord:
    """All three in one statement."""
    rows = (await connection.execute(_OF_MEMBER, {"member": member})).all()
    rules = next((row for row in rows if row.sort == "rules"), None)
    return SetRecord(
        mode=rules.name if rules else None,
        level=rules.value if rules else None,
        choices={row.name: row.value for row in rows if row.sort == "choice"},
        toggles={row.name: row.value == "on" for row in rows if row.sort == "toggle"},
    )


async def set_rules(
    tx: Transaction,
    organization: str,
    member: str,
    *,
    mode: str,
    level: str,
    choices: Mapping[str, str],
    entry: AuditEntry,
) -> None:
    """Put these dataset rules and selected datasets in the place of those before."""
    tx.note(entry)
    await tx.connection.execute(delete(dataset_choices).where(dataset_choices.c.member_id == member))
    await tx.connection.execute(delete(dataset_rules).where(dataset_rules.c.member_id == member))
    rules = {"member_id": member, "organization_id": organization, "mode": mode, "level": level}
    await tx.connection.execute(insert(dataset_rules), [rules])
    if choices:
        rows = [{"member_id": member, "resource_id": one, "override": said} for one, said in choices.items()]
        await tx.connection.execute(insert(dataset_choices), rows)


async def set_toggles(tx: Transaction, member: str, on: Mapping[str, bool], *, entry: AuditEntry) -> None:
    """Put these toggles in the place of those before; what is not named follows the role."""
    tx.note(entry)
    await tx.connection.execute(delete(toggles).where(toggles.c.member_id == member))
    if on:
        rows = [{"member_id": member, "toggle": toggle, "on": state} for toggle, state in on.items()]
        await tx.connection.execute(insert(toggles), rows)


async def datasets_of(
    connection: AsyncConnection, organization: str, kind: str, ids: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Name and outside id by id; what is no dataset of this organization is missing."""
    if not ids:
        return {}
    found = select(resources.c.id, resources.c.name, resources.c.outside_id).where(
        resources.c.organization_id == organization, resources.c.kind == kind, resources.c.id.in_(ids)
    )
    return {row.id: (row.name, row.outside_id) for row in await connection.execute(found)}


async def datasets_like(
    connection: AsyncConnection, organization: str, kind: str, words: str, *, limit: int = 100
) -> Sequence[tuple[str, str, str]]:
    """Id, name and outside id of datasets whose name, a later word of it, or outside id begins with ``words``."""
    key = folded(words)
    near = or_(
        resources.c.name_folded.startswith(key, autoescape=True),
        resources.c.name_folded.contains(f" {key}", autoescape=True),
        resources.c.outside_id.startswith(words.strip(), autoescape=True),
    )
    statement = (
        select(resources.c.id, resources.c.name, resources.c.outside_id)
        .where(resources.c.organization_id == organization, resources.c.kind == kind, near)
        .order_by(resources.c.name_folded, resources.c.id)
        .limit(limit)
    )
    return [(row.id, row.name, row.outside_id) for row in await connection.execute(statement)]
