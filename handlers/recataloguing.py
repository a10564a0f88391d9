"""What another catalogue would mean for those who hold something: pure, from counts. Roles keep their ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.catalogue import Addon, Catalogue, Role
from handlers.commands import Refusal
from storage.held import Held, Sort

_NAMED = 6  # of what a role gains, so many are named where there is little room
_SORTS: tuple[Sort, ...] = ("role", "addon", "invitation")


@dataclass(frozen=True, slots=True)
class Shift:
    """One role or add-on that somebody holds, before and after. ``new``: the title of what has the same id there."""

    held: Held
    old: str
    new: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """``plan``: the one that it would have there. What the new catalogue has no use for rests, and comes back with the
    old one: toggles, dataset rules, spaces."""

    old: Catalogue
    new: Catalogue
    plan: str
    shifts: tuple[Shift, ...]


def _thing(catalogue: Catalogue, held: Held) -> Role | Addon | None:
    if held.sort == "addon":
        return catalogue.addons.get(held.what)
    return (catalogue.space if held.in_space else catalogue.organization).get(held.what)


def _opened(thing: Role | Addon) -> frozenset[str]:
    if isinstance(thing, Addon):
        return thing.opens
    return thing.permissions | thing.in_spaces | thing.on_resources


def check(old: Catalogue, new: Catalogue, held: Sequence[Held], *, heads: int) -> None:
    """``heads``: how many hold the new catalogue's highest role for good. Raises Refusal on ``catalogue``."""
    missing = [_said(old, one) for one in sorted(held, key=_in_order(old)) if _thing(new, one) is None]
    if missing:
        raise Refusal("role-without-counterpart", "catalogue", roles=", ".join(missing), catalogue=new.title)
    if not heads:
        raise Refusal("nobody-at-the-head", "catalogue", role=new.top.title, catalogue=new.title)
    if new.top.exactly_one and heads > 1:
        raise Refusal("one-head-only", "catalogue", role=new.top.title, catalogue=new.title)


def _said(catalogue: Catalogue, held: Held) -> str:
    """`Guest (2)`, `Viewer in a space (1)`, `Editor, promised by an invitation (1)`."""
    thing = _thing(catalogue, held)
    where = f" in a {catalogue.words.space}" if held.in_space else ""
    how = ", promised by an invitation" if held.sort == "invitation" else ""
    return f"{thing.title if thing else held.what}{where}{how} ({held.holders})"


def shifts(old: Catalogue, new: Catalogue, held: Sequence[Held]) -> tuple[Shift, ...]:
    """Organization roles first, highest first; then those in spaces; then add-ons. Promises are no gain yet."""
    real = [one for one in sorted(held, key=_in_order(old)) if one.sort != "invitation"]
    return tuple(shift for one in real if (shift := _shift(old, new, one)) is not None)


def _in_order(catalogue: Catalogue) -> Callable[[Held], tuple[int, bool, int, str]]:
    def key(held: Held) -> tuple[int, bool, int, str]:
        thing = _thing(catalogue, held)
        rank = thing.rank if isinstance(thing, Role) else 0
        return _SORTS.index(held.sort), held.in_space, -rank, held.what

    return key


def _shift(old: Catalogue, new: Catalogue, held: Held) -> Shift | None:
    before, after = _thing(old, held), _thing(new, held)
    if after is None:
        return None
    had, has = _opened(before) if before else frozenset[str](), _opened(after)
    title = before.title if before else held.what
    return Shift(held, title, after.title, tuple(sorted(has - had)), tuple(sorted(had - has)))


def gains(old: Catalogue, new: Catalogue) -> frozenset[str]:
    """What some role would open in the organization that it does not open now, of what is known now: whoever approves
    such a change holds all of it, as with any other that gives more than somebody holds (invariant 24)."""
    known = frozenset(old.permissions["organization"])
    return (
        frozenset[str]().union(
            *(
                role.permissions - before.permissions
                for role in new.organization.values()
                if (before := old.organization.get(role.id)) is not None
            )
        )
        & known
    )


def effects(old: Catalogue, new: Catalogue) -> str:
    """What every role that is in both would gain and lose, for whoever decides: `Admin gains a, b and loses 3`."""
    both = [(role, new.organization[role.id]) for role in old.organization.values() if role.id in new.organization]
    return "; ".join(said for before, after in both if (said := _effect(before, after)))


def _effect(before: Role, after: Role) -> str:
    had, has = _opened(before), _opened(after)
    gained, lost = sorted(has - had), len(had - has)
    more = f" and {len(gained) - _NAMED} more" if len(gained) > _NAMED else ""
    parts = [f"gains {', '.join(gained[:_NAMED])}{more}"] if gained else []
    parts += [f"loses {lost} permission{'' if lost == 1 else 's'}"] if lost else []
    return f"{after.title} {' and '.join(parts)}" if parts else ""


def plan_there(new: Catalogue, plan: str) -> str:
    """The same plan where the new catalogue knows it, else the one that it begins with."""
    return plan if plan in new.plans else new.plan_at_setup
