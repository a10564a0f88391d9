"""Small rules that look at a piece of JSON and say what Slack would say is wrong with it, and where.

The sentences are Slack's own, as it puts them into `response_metadata.messages`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

Json = dict[str, Any]


class Rule(Protocol):
    def problems(self, value: Any, at: str) -> Iterator[str]: ...


def problem(text: str, at: str) -> str:
    return f"{text} [json-pointer:{at}]"


@dataclass(frozen=True, slots=True)
class Str:
    longest: int | None = None
    shortest: int = 0
    one_of: tuple[str, ...] = ()

    def problems(self, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must provide a string", at)
            return
        if len(value) < self.shortest:
            yield problem(f"must be more than {self.shortest - 1} characters", at)
        if self.longest is not None and len(value) > self.longest:
            yield problem(f"must be less than {self.longest + 1} characters", at)
        if self.one_of and value not in self.one_of:
            yield problem("must be a valid enum value", at)


@dataclass(frozen=True, slots=True)
class Flag:
    def problems(self, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, bool):
            yield problem("must provide a boolean", at)


@dataclass(frozen=True, slots=True)
class Whole:
    least: int | None = None
    most: int | None = None

    def problems(self, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield problem("must provide an integer", at)
            return
        if self.least is not None and value < self.least:
            yield problem(f"must be greater than {self.least - 1}", at)
        if self.most is not None and value > self.most:
            yield problem(f"must be less than {self.most + 1}", at)


@dataclass(frozen=True, slots=True)
class Anything:
    """For parts that Slack checks and Usher does not use."""

    def problems(self, value: Any, at: str) -> Iterator[str]:  # noqa: ARG002 # every rule has the same shape
        yield from ()


@dataclass(frozen=True, slots=True)
class Many:
    of: Rule
    least: int = 0
    most: int | None = None

    def problems(self, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must provide an array", at)
            return
        items = cast("list[Any]", value)
        if len(items) < self.least:
            yield problem(f"no fewer than {self.least} items allowed", at)
        if self.most is not None and len(items) > self.most:
            yield problem(f"no more than {self.most} items allowed", at)
        for index, item in enumerate(items):
            yield from self.of.problems(item, f"{at}/{index}")


@dataclass(frozen=True, slots=True)
class Obj:
    required: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    optional: Mapping[str, Rule] = field(default_factory=dict[str, Rule])

    def problems(self, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", at)
            return
        given = cast("Json", value)
        yield from (problem(f"missing required field: {key}", at) for key in self.required if key not in given)
        for key, part in given.items():
            rule = self.required.get(key) or self.optional.get(key)
            if rule is None:
                yield problem(f"invalid additional property: {key}", at)
            else:
                yield from rule.problems(part, f"{at}/{escaped(key)}")


@dataclass(frozen=True, slots=True)
class ByType:
    """An object whose `type` says which of these it is."""

    kinds: Mapping[str, Obj]

    def problems(self, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", at)
            return
        given = cast("Json", value)
        kind = given.get("type")
        if "type" not in given:
            yield problem("missing required field: type", at)
        elif not isinstance(kind, str) or kind not in self.kinds:
            yield problem(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from self.kinds[kind].problems(given, at)


def escaped(key: str) -> str:
    """RFC 6901."""
    return key.replace("~", "~0").replace("/", "~1")
