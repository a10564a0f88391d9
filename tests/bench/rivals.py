"""Two well-known engines with a policy equal to ours for what roles alone decide: images and tasks in spaces.

Both hold all there is in memory, read beforehand, and neither looks whether anything has changed. They are no
dependencies: `pip install casbin cedarpy`.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.asked import Question
from handlers.catalogue import Catalogue
from tests.bench.crowd import BY_ROLE, Crowd

Decides = Callable[[Question], bool]
INSTALL = "pip install casbin cedarpy"
EVERYWHERE = "*"

MODEL = """
[request_definition]
r = sub, dom, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && r.act == p.act && (g(r.sub, p.sub, r.dom) || g(r.sub, p.sub, "*"))
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """Role and `kind:action`, for whoever reaches everything and for each role in a space; and who holds what where."""

    crowd: Crowd
    catalogue: Catalogue

    def rights(self) -> Iterator[tuple[str, str, str]]:
        for role in self.catalogue.organization.values():
            if "everything" in role.reaches:
                yield from _rights(role.id, role.on_resources)
        for role in self.catalogue.space.values():
            yield from _rights(f"space-{role.id}", role.on_resources)

    def held(self, number: int) -> Iterator[tuple[str, str]]:
        role = self.catalogue.organization[self.crowd.role(number)]
        if "everything" in role.reaches:
            yield role.id, EVERYWHERE
        for place, inside in dict(self.crowd.inside(number)).items():
            yield f"space-{inside}", str(place)


def _rights(role: str, on_resources: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    for name in sorted(on_resources):
        kind, _, action = name.partition(":")
        if kind in BY_ROLE:
            yield role, kind, action


def missing() -> list[str]:
    return [name for name in ENGINES if importlib.util.find_spec(name) is None]


def casbin(policy: Policy) -> Decides:
    module: Any = importlib.import_module("casbin")
    model = module.Enforcer.new_model(text=MODEL)
    enforcer = module.Enforcer(model)
    enforcer.add_policies([list(one) for one in policy.rights()])
    rules = [[f"u{n}", role, place] for n in range(policy.crowd.members) for role, place in policy.held(n)]
    enforcer.add_grouping_policies(rules)

    def decides(question: Question) -> bool:
        place = str(policy.crowd.place(int(question.id)))
        return enforcer.enforce(_user(question), place, question.type, question.action)

    return decides


def cedarpy(policy: Policy) -> Decides:
    """A role in a space is an entity, in which whoever holds it stands; a resource lies in its space."""
    module: Any = importlib.import_module("cedarpy")
    policies = module.PolicySet.from_str("\n".join(_cedar_policies(policy)))
    entities = module.Entities.from_json_str(json.dumps(list(_cedar_entities(policy))))

    def decides(question: Question) -> bool:
        asked = {
            "principal": {"type": "User", "id": _user(question)},
            "action": {"type": "Action", "id": f"{question.type}:{question.action}"},
            "resource": {"type": "Thing", "id": question.id},
            "context": {},
        }
        return module.is_authorized(asked, policies, entities).allowed

    return decides


def _cedar_policies(policy: Policy) -> Iterator[str]:
    by_role: dict[str, list[str]] = {}
    for role, kind, action in policy.rights():
        by_role.setdefault(role, []).append(f'Action::"{kind}:{action}"')
    for role, actions in by_role.items():
        within = f"action in [{', '.join(actions)}]"
        if role.startswith("space-"):
            inside = role.removeprefix("space-")
            yield f"permit(principal, {within}, resource) when {{ principal in resource.space.{inside} }};"
        else:
            yield f'permit(principal in Role::"{role}", {within}, resource);'


def _cedar_entities(policy: Policy) -> Iterator[Mapping[str, Any]]:
    crowd = policy.crowd
    for place in range(crowd.spaces):
        roles = {role: _ref("Role", f"space-{role}/{place}") for role in policy.catalogue.space}
        yield _entity("Space", str(place), attrs=roles)
    for number in range(crowd.members):
        names = [role if place == EVERYWHERE else f"{role}/{place}" for role, place in policy.held(number)]
        yield _entity("User", f"u{number}", parents=[_uid("Role", name) for name in names])
    for number in range(crowd.resources):
        if crowd.kind(number) in BY_ROLE:
            yield _entity("Thing", str(number), attrs={"space": _ref("Space", str(crowd.place(number)))})


def _entity(
    kind: str, name: str, *, attrs: Mapping[str, Any] | None = None, parents: list[Mapping[str, str]] | None = None
) -> Mapping[str, Any]:
    return {"uid": _uid(kind, name), "attrs": attrs or {}, "parents": parents or []}


def _uid(kind: str, name: str) -> Mapping[str, str]:
    return {"type": kind, "id": name}


def _ref(kind: str, name: str) -> Mapping[str, Any]:
    return {"__entity": _uid(kind, name)}


def _user(question: Question) -> str:
    return f"u{question.subject.partition('@')[0].removeprefix('m')}"


ENGINES: Mapping[str, Callable[[Policy], Decides]] = {"casbin": casbin, "cedarpy": cedarpy}
