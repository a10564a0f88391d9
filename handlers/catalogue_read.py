"""From TOML text to the tables of `catalogue_file`, or to one line that says what is wrong and where."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

from pydantic import ValidationError
from rapidfuzz import fuzz, process

from handlers.catalogue_file import CatalogueTable, names_at
from handlers.catalogue_types import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

_NEAR = 60  # rapidfuzz's ratio, 0 to 100: "manger" is 92 to "manager", "boss" is 0
_FEW = 10  # so many right names are listed when none is near

_SAID = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number without quotes",
    "bool_type": "must be true or false without quotes",
    "list_type": "must be a list: [ … ]",
    "dict_type": "must be a table: key = value",
    "model_type": "must be a table: key = value",
    "model_attributes_type": "must be a table: key = value",
    "too_short": "must not be empty",
    "string_too_long": "is longer than 200 characters",
    "string_pattern_mismatch": "must be small letters, digits and underscores, beginning with a letter, at most 40",
}


def shown(name: object) -> str:
    """What the file says, fit to stand in one line of an answer or a log."""
    text = json.dumps(str(name), ensure_ascii=False)[1:-1]
    text = "".join(sign if sign.isprintable() else "?" for sign in text)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 (a line stays readable)


def dotted(where: Iterable[int | str]) -> str:
    """`privileged.3.when.1`: lists count from 1, as people do."""
    return ".".join(str(step + 1) if isinstance(step, int) else shown(step) for step in where)


def nearest(name: str, right: Iterable[str]) -> str:
    """The end of a sentence about a wrong name: what was probably meant, else what there is."""
    names = tuple(right)
    found = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=_NEAR)
    if found:
        return f"; did you mean “{found[0]}”?"
    return f"; there is {', '.join(names)}" if 0 < len(names) <= _FEW else ""


def unknown(what: str, name: str, right: Iterable[str]) -> str:
    return f"unknown {what} “{shown(name)}”{nearest(name, right)}"


def table_of(text: str, file: str) -> CatalogueTable:
    try:
        return CatalogueTable.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _syntax(file, str(error)) from None
    except RecursionError:
        raise CatalogueError(file, "file", "is nested too deeply") from None
    except ValidationError as error:
        # A mistyped key is said before the key that is missing because of it.
        raise _shape(file, min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")) from None


def _syntax(file: str, message: str) -> CatalogueError:
    match = re.fullmatch(r"(.*) \(at (line \d+, column \d+|end of document)\)", message, re.DOTALL)
    reason, place = (match[1], match[2]) if match else (message, "file")
    return CatalogueError(file, place, f"is not TOML: {shown(reason)}")


def _shape(file: str, error: ErrorDetails) -> CatalogueError:
    where = tuple(step for step in error["loc"] if step != "[key]")
    return CatalogueError(file, dotted(where), _reason(error, where))


def _reason(error: ErrorDetails, where: tuple[int | str, ...]) -> str:
    context = error.get("ctx") or {}
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key{nearest(str(where[-1]), names_at(where[:-1]))}"
        case "literal_error":
            return unknown("word", str(error["input"]), re.findall(r"'([^']*)'", str(context["expected"])))
        case "value_error":
            return str(context["error"])
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case other:
            return _SAID.get(other, error["msg"])
