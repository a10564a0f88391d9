"""The shape of a catalogue's TOML file. What its names mean to one another is checked in `catalogue_checks`."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from handlers.catalogue_words import Change, Condition, Feature, Reach

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


def _readable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be a line of readable text")
    return text


Text = Annotated[str, StringConstraints(max_length=200), AfterValidator(_readable)]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=365)


def _duration(text: object) -> timedelta:
    match = re.fullmatch(r"([1-9]\d{0,5})([mhdw])", text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("must be a length of time such as 30m, 8h, 7d or 2w")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if length > _LONGEST:
        raise ValueError("must be at most 365d")
    return length


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class WordsTable(_Table):
    space: Text = "space"
    spaces: Text = "spaces"
    group: Text = "group"
    groups: Text = "groups"


class PlansTable(_Table):
    order: list[Id] = Field(min_length=1)
    at_setup: str
    also: dict[Id, str] = {}
    features: dict[Feature, str] = {}


class PermissionsTable(_Table):
    both: list[str] = []
    organization: list[str] = []
    space: list[str] = []


class RoleTable(_Table):
    title: Text | None = None
    rank: int
    first: bool = False
    exactly_one: bool = False
    grants: list[str] = []
    in_spaces: list[str] = []
    resources: list[str] = []
    reaches: list[Reach] = []
    gives: list[str] = []
    acts_on: list[str] = []
    invites: list[str] | None = None
    in_space_at_most: str | None = None


class ScopeTable(_Table):
    roles: dict[Id, RoleTable] = {}
    needs: dict[Change, str] = {}


class AddonTable(_Table):
    title: Text
    opens: list[str] = Field(min_length=1)


class AddonsTable(_Table):
    on_organization: list[str] = []
    on_space: list[str] = []
    each: dict[Id, AddonTable] = {}


class ToggleTable(_Table):
    title: Text
    text: Text
    on_for: list[str]
    settable_for: list[str]
    plan: str
    needed_for: list[str] = []


class KindTable(_Table):
    title: Text | None = None
    actions: list[Key] = Field(min_length=1)
    owned: bool = False
    seen_by: Literal["reach", "list"] = "reach"


class DatasetsTable(_Table):
    kind: str
    always_full: list[str]
    every_control: list[str]
    ai_chat_only: list[str]


class RulesTable(_Table):
    password_reset: Literal["link", "generate"]
    invitation_life: Duration
    request_life: Duration
    organization_role_required: bool
    guests: bool
    notify_only_addresses: bool
    share_by_email: bool
    deletes_own_data: bool


class PrivilegedLine(_Table):
    changes: list[Change] = Field(min_length=1)
    when: list[Condition] = []
    rows_over: int | None = Field(default=None, ge=1, le=100_000)
    approvals: int = Field(ge=0, le=9)
    code: bool


class PrivilegedTable(_Table):
    lines: list[PrivilegedLine]


class CatalogueTable(_Table):
    title: Text
    words: WordsTable = WordsTable()
    plans: PlansTable
    sets: dict[Id, list[str]] = {}
    permissions: PermissionsTable = PermissionsTable()
    organization: ScopeTable
    space: ScopeTable = ScopeTable()
    addons: AddonsTable = AddonsTable()
    toggles: dict[Id, ToggleTable] = {}
    kinds: dict[Id, KindTable] = {}
    datasets: DatasetsTable | None = None
    rules: RulesTable
    privileged: PrivilegedTable


def names_at(where: Sequence[int | str]) -> tuple[str, ...]:
    """The keys that the table at this place knows, so that a mistyped one can be answered with the nearest."""
    table: type[BaseModel] | None = CatalogueTable
    for step in where:
        field = table.model_fields.get(str(step)) if table else None
        # A step into a dictionary or a list names no field: the table stays the one that its values are.
        table = _table_in(field.annotation) if field else table
    return tuple(table.model_fields) if table else ()


def _table_in(annotation: object) -> type[BaseModel] | None:
    """The table that an annotation such as `dict[Id, RoleTable]` or `DatasetsTable | None` speaks of."""
    found = (one for one in (annotation, *get_args(annotation)) if isinstance(one, type) and issubclass(one, BaseModel))
    return next(found, None)
