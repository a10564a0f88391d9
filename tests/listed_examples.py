"""Made-up people and what may be sought among them, by chance."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from storage.listed import Narrow
from storage.members import folded
from tests.listed_people import ENDS, GROUPS, ROLES, SPACES, STATUSES, Grant, House, Promise, Someone

# Letters that stand beside one another, signs that searching could take for more, and some of every length in UTF-8.
LETTERS = "abzAZ .-_%\"*'\\/(^é中ж😀ß1"
NAMES = st.one_of(
    st.just(""),
    st.text(LETTERS, max_size=12),
    st.sampled_from(["Ana Berg", "Ana Bergman", "Ana Bernd", "Ana Ber", "ana", "Zoë", "李 明", "Жанна"]),
)


def _once(found: list[Grant]) -> list[Grant]:
    """One that lasts and one for now in each place, as unique indexes have it; the rest is over."""
    seen = set[tuple[object, ...]]()
    for one in found:
        key = (one.kind, one.place, one.ends if one.kind == "role" else one.what, one.ends)
        one.ends = "for now" if one.ends == "over" and one.kind == "group" else one.ends
        if one.kind == "role" and one.ends == "over":
            key = (one.kind, one.place, "for now", "for now")
        if key in seen:
            one.ends = "ended"
        seen.add(key)
    return found


def _each_place(found: list[Promise]) -> list[Promise]:
    return list({one.place: one for one in found}.values())


GRANTS = st.lists(
    st.one_of(
        st.builds(
            Grant,
            st.just("role"),
            st.integers(0, 1),
            st.sampled_from([-1, -1, 0, 1]),
            st.sampled_from([*ENDS, "lasting"]),
        ),
        st.builds(Grant, st.just("group"), st.integers(0, GROUPS - 1), st.just(-1), st.sampled_from([*ENDS])),
    ),
    max_size=5,
).map(_once)
PROMISES = st.lists(
    st.builds(
        Promise, st.integers(0, 1), st.integers(-1, SPACES - 1), st.sampled_from(["pending", "expired", "revoked"])
    ),
    max_size=2,
).map(_each_place)
SOMEONE = st.builds(
    Someone,
    NAMES.map(lambda name: " ".join(name.split())),
    st.text("abz.é", min_size=1, max_size=6).map(lambda local: f"{local}@x.example"),
    st.sampled_from([*STATUSES, "active", "active"]),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([None, False, True]),
    GRANTS,
    PROMISES,
)
PEOPLE = st.lists(SOMEONE, max_size=9, unique_by=lambda one: folded(one.email))
WORDS = st.one_of(
    st.text(LETTERS.replace(" ", ""), min_size=1, max_size=5),
    st.sampled_from(["ana", "an", "berg", "x.example", "z", "%", "明"]),
).map(folded)
EXAMPLES = settings(
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NARROW = st.fixed_dictionaries(
    {
        "words": st.lists(WORDS, max_size=2).map(tuple),
        "role": st.sampled_from(["", "", *ROLES]),
        "in_space": st.booleans(),
        "status": st.sampled_from(["", "", *STATUSES]),
        "factor": st.sampled_from([None, None, True, False]),
        "spaces": st.none() | st.lists(st.integers(0, SPACES - 1), max_size=SPACES, unique=True),
        "group": st.none() | st.integers(0, GROUPS - 1),
    }
)


def of(house: House, said: dict[str, Any]) -> Narrow:
    spaces, group = said["spaces"], said["group"]
    places = None if spaces is None else tuple(house.spaces[place] for place in spaces)
    inside = said["in_space"] and bool(said["role"])
    given: dict[str, Any] = dict(
        said, spaces=places, group="" if group is None else house.groups[group], in_space=inside
    )
    return Narrow(**given)
