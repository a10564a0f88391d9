"""What other software asks, out of the bodies of AuthZEN; whatever is missing or of another kind is named."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.web.bodies import BadBody, Object, optional, part, text
from handlers.evaluation import Question

MOST_QUESTIONS: Final = 100
USUAL_PAGE: Final = 100
LONGEST_PAGE: Final = 1000
USER: Final = "user"
# Nobody has an empty address: what is not a user is nobody here.
NOBODY: Final = ""

EXECUTE_ALL, DENY_ON_FIRST_DENY, PERMIT_ON_FIRST_PERMIT = "execute_all", "deny_on_first_deny", "permit_on_first_permit"
_SEMANTICS: Final = (EXECUTE_ALL, DENY_ON_FIRST_DENY, PERMIT_ON_FIRST_PERMIT)
_PARTS: Final = ("subject", "action", "resource", "context")


@dataclass(frozen=True, slots=True)
class Questions:
    """``semantic`` None: there was no list, so one question is answered as one."""

    questions: Sequence[Question]
    semantic: str | None = None


def questions_of(body: Object, *, several: bool) -> Questions:
    each = _each(body) if several else []
    if not each:
        return Questions([question_of(body)])
    if len(each) > MOST_QUESTIONS:
        raise BadBody(400, f"evaluations holds more than {MOST_QUESTIONS}; ask in several calls.")
    return Questions([_of_several(body, one, place) for place, one in enumerate(each)], _semantic(body))


def _each(body: Object) -> list[Any]:
    each: Any = body.get("evaluations") or []
    if not isinstance(each, list):
        raise BadBody(400, "evaluations must be an array.")
    return each  # pyright: ignore[reportUnknownVariableType]


def _of_several(body: Object, one: Any, place: int) -> Question:
    """What a question leaves out is taken from the top, part by part as a whole."""
    at = f"evaluations[{place}]"
    if not isinstance(one, dict):
        raise BadBody(400, f"{at} must be an object.")
    own: dict[str, Any] = one  # pyright: ignore[reportUnknownVariableType]
    defaults = {name: body[name] for name in _PARTS if name in body}
    return question_of({**defaults, **own}, f"{at}.")


def _semantic(body: Object) -> str:
    options = optional(body, "options") or {}
    semantic = options.get("evaluations_semantic", EXECUTE_ALL)
    if semantic not in _SEMANTICS:
        raise BadBody(400, f"options.evaluations_semantic must be one of {', '.join(_SEMANTICS)}.")
    return semantic


def question_of(body: Object, at: str = "") -> Question:
    subject, action, (kind, named) = subject_of(body, at), action_of(body, at), resource_of(body, at)
    optional(body, "context", at)
    return Question(subject, action, kind, named)


def subject_of(body: Object, at: str = "") -> str:
    """The address of a user."""
    subject = part(body, "subject", at)
    kind, named = text(subject, "type", f"{at}subject."), text(subject, "id", f"{at}subject.")
    optional(subject, "properties", f"{at}subject.")
    return named if kind == USER else NOBODY


def action_of(body: Object, at: str = "") -> str:
    action = part(body, "action", at)
    optional(action, "properties", f"{at}action.")
    return text(action, "name", f"{at}action.")


def resource_of(body: Object, at: str = "") -> tuple[str, str]:
    resource = part(body, "resource", at)
    optional(resource, "properties", f"{at}resource.")
    return text(resource, "type", f"{at}resource."), text(resource, "id", f"{at}resource.")


def type_of(body: Object, name: Literal["subject", "resource"]) -> str:
    """Of what is searched for only the type counts; an id there is ignored."""
    return text(part(body, name), "type", f"{name}.")


# Pages ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchFor:
    """Goes on ``after`` this key; ``about`` tells one search from every other."""

    about: str
    limit: int
    asked: int | None
    after: str

    def token(self, key: str) -> str:
        said = json.dumps([self.about, self.asked, key]).encode()
        return base64.urlsafe_b64encode(said).decode()


def search_of(body: Object, kind: str) -> SearchFor:
    """A page that goes on must be of the same search (an unsigned key is enough: it opens nothing)."""
    optional(body, "context")
    page = optional(body, "page") or {}
    asked, about, after = _limit(page), _about(body, kind), ""
    if page.get("token") not in (None, ""):
        was, limit, after = _read(text(page, "token", "page."))
        if was != about or (asked is not None and asked != limit):
            raise BadBody(400, "page.token belongs to another search: nothing else may change from page to page.")
        asked = limit
    return SearchFor(about, USUAL_PAGE if asked is None else min(asked, LONGEST_PAGE), asked, after)


def _limit(page: Object) -> int | None:
    limit = page.get("limit")
    if limit is None:
        return None
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise BadBody(400, "page.limit must be a whole number, and not below 0.")
    return limit


def _about(body: Object, kind: str) -> str:
    said = json.dumps([kind, {name: body[name] for name in _PARTS if name in body}], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _read(token: str) -> tuple[str, int | None, str]:
    try:
        about, limit, key = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, RecursionError, TypeError):
        raise BadBody(400, "page.token is none that was given here.") from None
    wrong = not isinstance(limit, int | None) or isinstance(limit, bool) or (limit is not None and limit < 0)
    if not isinstance(about, str) or not isinstance(key, str) or wrong:
        raise BadBody(400, "page.token is none that was given here.")
    return about, limit, key
