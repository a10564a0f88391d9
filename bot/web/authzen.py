"""May this person do this? Answers other software by OpenID AuthZEN, Authorization API 1.0.

https://openid.net/specs/authorization-api-1_0.html
"""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiohttp import web

from bot.web import bearer, problems
from bot.web.asking import (
    DENY_ON_FIRST_DENY,
    EXECUTE_ALL,
    SearchFor,
    action_of,
    questions_of,
    resource_of,
    search_of,
    subject_of,
    type_of,
)
from bot.web.bodies import BadBody, Object, read_object
from bot.web.server import UNNOTED
from bot.wording.reasons import plain
from handlers.commands import Refusal
from handlers.evaluation import Answer, Evaluation, Found, Session
from handlers.house import Usher

_PATHS: Final = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}
_METADATA: Final = "/.well-known/authzen-configuration"
_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_REQUEST_ID: Final = "X-Request-ID"
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,1000}", re.ASCII)

_Answering = Callable[[Session, Object], Awaitable[bytes]]
_Handler = Callable[[web.Request], Awaitable[web.Response]]


def routes(usher: Usher, *, public_url: str) -> list[web.RouteDef]:
    door = _Door(usher.evaluation)
    answering: Sequence[_Answering] = (door.one, door.several, door.subjects, door.resources, door.actions)
    posts = [web.post(path, _guarded(usher, one)) for path, one in zip(_PATHS.values(), answering, strict=True)]
    return [*posts, web.get(_METADATA, _metadata(public_url.rstrip("/")))]


def _metadata(root: str) -> _Handler:
    said = _dumped({"policy_decision_point": root, **{name: root + path for name, path in _PATHS.items()}})

    async def metadata(_request: web.Request) -> web.Response:
        return web.Response(body=said, headers={**_JSON, "Cache-Control": "public, max-age=3600"})

    return metadata


# The door -------------------------------------------------------------------------------------------------------------


def _guarded(usher: Usher, answering: _Answering) -> _Handler:
    """Whose token is it, what is asked; and every answer, good or bad, names the request as it was named."""

    async def answered(request: web.Request) -> web.Response:
        named = request.headers.get(_REQUEST_ID)
        if named is not None and not _PRINTABLE.fullmatch(named):
            return _error(400, f"{_REQUEST_ID} must be printable ASCII, at most 1000 characters.")
        response = await _answer(request, usher.evaluation, answering)
        if named is not None:
            response.headers[_REQUEST_ID] = named
        return response

    return answered


async def _answer(request: web.Request, evaluation: Evaluation, answering: _Answering) -> web.Response:
    try:
        token = bearer.shown(request)
        session = await evaluation.holder(token) if token else None
        if session is None:
            return bearer.unauthorized()
        body = await answering(session, await read_object(request))
    except BadBody as bad:
        return _error(bad.status, bad.said)
    except Refusal as refusal:
        if refusal.code == "busy":
            return _error(503, "Usher is busy just now. Try again in a moment.")
        return bearer.unauthorized()  # the organization was closed meanwhile
    except Exception as error:  # noqa: BLE001 - whatever it is, a product waits for an answer
        return _error(500, f"Something went wrong here. Tell whoever runs Usher: {problems.remember(error)}.")
    request[UNNOTED] = True
    return web.Response(body=body, headers=_JSON)


def _error(status: int, said: str) -> web.Response:
    return web.Response(status=status, body=_dumped({"error": said}), headers=_JSON)


def _dumped(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


class _Door:
    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    async def one(self, session: Session, body: Object) -> bytes:
        [answer] = await self._evaluation.answers(session, questions_of(body, several=False).questions)
        return _shown(answer)

    async def several(self, session: Session, body: Object) -> bytes:
        asked = questions_of(body, several=True)
        if asked.semantic is None:
            return await self.one(session, body)
        answers = await self._evaluation.answers(session, asked.questions)
        shown = [_shown(answer) for answer in _until_decided(answers, asked.semantic)]
        return b'{"evaluations":[' + b",".join(shown) + b"]}"

    async def subjects(self, session: Session, body: Object) -> bytes:
        search = search_of(body, "subject")
        kind, named = resource_of(body)
        if type_of(body, "subject") != "user":
            return _page(search, Found(()), [])
        found = await self._evaluation.subjects(
            session.organization, action_of(body), kind, named, after=search.after, limit=search.limit
        )
        return _page(search, found, [{"type": "user", "id": one} for one in found.ids])

    async def resources(self, session: Session, body: Object) -> bytes:
        search, kind = search_of(body, "resource"), type_of(body, "resource")
        found = await self._evaluation.resources(
            session.organization, subject_of(body), action_of(body), kind, after=search.after, limit=search.limit
        )
        return _page(search, found, [{"type": kind, "id": one} for one in found.ids])

    async def actions(self, session: Session, body: Object) -> bytes:
        search = search_of(body, "action")
        names = await self._evaluation.actions(session.organization, subject_of(body), *resource_of(body))
        begin = names.index(search.after) + 1 if search.after in names else 0
        here = names[begin : begin + search.limit]
        more = [search.after, *here][-1] if begin + len(here) < len(names) else None
        return _page(search, Found(tuple(here), more), [{"name": name} for name in here])


def _shown(answer: Answer) -> bytes:
    if answer.shown is None:
        reasons = plain(answer.decision, answer.catalogue)
        answer.shown = _dumped({"decision": answer.decision.allowed, "context": {"reasons": reasons}})
    return answer.shown


def _until_decided(answers: Sequence[Answer], semantic: str) -> Sequence[Answer]:
    """Up to the first denial or the first permit, that one included."""
    if semantic == EXECUTE_ALL:
        return answers
    deciding = semantic != DENY_ON_FIRST_DENY
    ends = next((place for place, one in enumerate(answers) if one.decision.allowed is deciding), len(answers))
    return answers[: ends + 1]


def _page(search: SearchFor, found: Found, results: Sequence[Object]) -> bytes:
    page = {"next_token": search.token(found.next) if found.next is not None else "", "count": len(results)}
    return _dumped({"page": page, "results": results})
