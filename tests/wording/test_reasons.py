"""Every reason that a decision can give, in words."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

import handlers.catalogue
from bot.wording.reasons import SENTENCES, plain, sentence
from handlers.catalogue import Catalogue, load, parse
from handlers.commands import Named
from handlers.decision_types import Decision, ReasonCode, Subject, Target
from handlers.decisions import decide
from handlers.explaining import KnownNames
from handlers.holdings import ADDON, GROUP, RESOURCE
from tests.decisions import (
    CHOICES,
    ME,
    MODES,
    NOW,
    ORGANIZATION,
    PLACE,
    SOMEBODY,
    SPACE,
    TEAM,
    THING,
    given,
    member,
)

HOSTILE = "<!channel> *x* `y`"
KNOWN = KnownNames({PLACE: HOSTILE, TEAM: HOSTILE}, {SOMEBODY: Named(SOMEBODY, HOSTILE, "x@example.com")})


def decisions(catalogue: Catalogue) -> Iterator[Decision]:
    """Enough of them to hear every rule speak."""
    for subject, target, plan in product(subjects(catalogue), targets(catalogue), catalogue.plans[:2]):
        for action in ("read", "write", "view", "edit", "ai-chat", "use", "members:list", "space:read", "no-such"):
            yield decide(subject, action, target, catalogue=catalogue, plan=plan, now=NOW)
        for action in ("tickets:create", "policies:edit", "space:access"):
            yield decide(subject, action, target, catalogue=catalogue, plan=plan, now=NOW)


def subjects(catalogue: Catalogue) -> Iterator[Subject | None]:
    yield None
    addons = [given(ADDON, addon, PLACE) for addon in list(catalogue.addons)[:4]]
    lists = (given(RESOURCE, THING), given(GROUP, TEAM))
    for role, inside in product([*catalogue.organization, "none"], ["none", *catalogue.space]):
        somebody = member((role, inside), *addons)
        yield from (somebody, replace(somebody, held=(*somebody.held, *lists)))
    yield from (replace(member((catalogue.top.id,)), status=status) for status in ("invited", "deactivated"))
    for role, on, mode in product(catalogue.organization if catalogue.datasets else (), (True, False), MODES):
        for level, choice in (("read", CHOICES[0]), ("write", "read"), ("read", "write"), ("write", "default")):
            choices = {} if choice == CHOICES[0] else {THING: choice}
            toggles = dict.fromkeys(catalogue.toggles, on)
            yield member((role,), *lists, mode=mode, level=level, choices=choices, toggles=toggles)


def targets(catalogue: Catalogue) -> Iterator[Target | None]:
    yield from (None, ORGANIZATION, SPACE, Target("no-such-kind", "1"))
    yield from (Target("feature", toggle) for toggle in ("ai_chat", "tags", "no-such-toggle"))
    for kind, place in product(catalogue.kinds, ("", PLACE)):
        yield Target(kind, "1", place, THING, ME)
        yield Target(kind, "1", place, THING, SOMEBODY, frozenset({TEAM}))


def _where_admins_reach_the_spaces_only() -> Catalogue:
    """No catalogue that is shipped has such a role beside kinds of resources."""
    text = (Path(handlers.catalogue.__file__).parent / "catalogues/default.toml").read_text()
    line = 'reaches = ["everything"]                 # (001-42)'
    assert line in text
    return parse(text.replace(line, 'reaches = ["all-spaces"]'), file="spaces.toml")


def test_every_reason_is_a_sentence_wherever_it_is_given() -> None:
    heard = set[ReasonCode]()
    for catalogue in (load("default"), _where_admins_reach_the_spaces_only()):
        told = {str(reason): reason for one in decisions(catalogue) for reason in one.reasons}
        for reason in told.values():
            heard.add(reason.code)
            for oneself, known in product((True, False), (KNOWN, KnownNames())):
                said = sentence(reason, catalogue, known, oneself=oneself)
                assert said.plain().endswith(".")
                assert "{" not in said.plain()
                assert "<!channel>" not in said.text()
    assert heard == set(get_args(ReasonCode)) == set(SENTENCES)


@pytest.mark.invariant(25)
def test_software_hears_what_decided_first_and_every_reason_once() -> None:
    catalogue = load("default")
    image = Target("image", "1", PLACE, THING, SOMEBODY)
    found = decide(member(("member", "viewer")), "scan", image, catalogue=catalogue, plan="starship", now=NOW)
    assert plain(found, catalogue) == [
        "The role Viewer in this space doesn't open image:scan (given by somebody, for good).",
        "The role Viewer in this space shows what lies in it (given by somebody, for good).",
    ]
