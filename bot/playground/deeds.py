"""What the page sends when a person does something, checked and carried out as that person."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.playground.acts import Acts
from bot.playground.forms import CannotChooseError
from bot.playground.manifest import Manifest
from bot.playground.model import Answer, Json, Message, View
from bot.playground.phone import Phone, Unreadable
from bot.playground.sections import Sections
from bot.playground.world import World

MAX_TEXT = 4000

# Block id, action id, plain value.
Values = dict[str, dict[str, Any]]


class Deed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    person: str


class On(BaseModel):
    """A message by channel and timestamp, or a view by its id."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    channel: str = ""
    ts: str = ""
    view: str = ""


class Type(Deed):
    channel: str
    text: str = Field(min_length=1, max_length=MAX_TEXT)


class Press(Deed):
    on: On
    block: str
    action: str
    value: Any = None
    typed: Values = Field(default_factory=dict)


class Submit(Deed):
    view: str
    values: Values


class Close(Deed):
    view: str
    all: bool = False


class Suggest(Deed):
    on: On
    block: str
    action: str
    text: str = Field(max_length=300)


class Shortcut(Deed):
    callback: str
    message: On | None = None


class PhoneUse(Deed):
    pasted: str | None = Field(default=None, max_length=2000)
    remove: int | None = None


class Gone(Exception):  # noqa: N818 - a word for people: what was acted on is not there any more
    """Says in words what the page no longer shows rightly."""


class Deeds:
    """`phones` by user id: exactly those people act from the page."""

    def __init__(
        self, acts: Acts, world: World, sections: Sections, phones: Mapping[str, Phone], manifest: Manifest
    ) -> None:
        self._acts = acts
        self._manifest = manifest
        self._world = world
        self._sections = sections
        self._phones = phones
        self._kinds: dict[str, tuple[type[Deed], Callable[[Any], Awaitable[Json]]]] = {
            "type": (Type, self._type),
            "press": (Press, self._press),
            "submit": (Submit, self._submit),
            "close": (Close, self._close),
            "home": (Deed, self._home),
            "suggest": (Suggest, self._suggest),
            "shortcut": (Shortcut, self._shortcut),
            "phone": (PhoneUse, self._use_phone),
        }

    async def perform(self, kind: str, body: bytes) -> tuple[int, Json]:
        """HTTP status and answer; `error` in it is for the person to read."""
        if kind not in self._kinds:
            return 404, {"error": "The playground knows no such act. Reload the page."}
        model, perform = self._kinds[kind]
        try:
            return 200, await perform(model.model_validate_json(body))
        except ValidationError:
            return 400, {"error": "The page sent what the playground does not understand. Reload it."}
        except (Gone, Unreadable, CannotChooseError) as problem:
            return 200, {"error": str(problem)}

    async def _type(self, act: Type) -> Json:
        user_id = self._user(act.person)
        if act.channel not in self._world.channels:
            raise Gone("This channel is gone.")
        if act.text.startswith("/"):
            self._sections.remember_typed(user_id, act.channel, act.text)
        return _answer(await self._acts.type(user_id, act.channel, act.text))

    async def _press(self, act: Press) -> Json:
        user_id = self._user(act.person)
        on = self._on(user_id, act.on)
        pressed = self._acts.press(user_id, on, act.block, act.action, act.value, typed=act.typed)
        return _answer(await pressed)

    async def _submit(self, act: Submit) -> Json:
        user_id = self._user(act.person)
        self._view(user_id, act.view)
        done = await self._acts.submit(user_id, act.view, act.values)
        return {"error": done.error, "errors": dict(done.errors), "closed": done.closed}

    async def _close(self, act: Close) -> Json:
        user_id = self._user(act.person)
        self._view(user_id, act.view)
        await (self._acts.close_all(user_id) if act.all else self._acts.close(user_id, act.view))
        return {}

    async def _home(self, act: Deed) -> Json:
        await self._acts.open_home(self._user(act.person))
        return {}

    async def _suggest(self, act: Suggest) -> Json:
        user_id = self._user(act.person)
        on = self._on(user_id, act.on)
        found = await self._acts.suggest(user_id, on, act.block, act.action, act.text)
        options = [
            {"text": one.text, "value": one.value, "description": one.description, "group": one.group} for one in found
        ]
        return {"options": options}

    async def _shortcut(self, act: Shortcut) -> Json:
        user_id = self._user(act.person)
        if act.callback not in self._manifest.shortcuts:
            raise Gone("This app has no such shortcut.")
        message = self._message(user_id, act.message) if act.message else None
        return _answer(await self._acts.shortcut(user_id, act.callback, message))

    async def _use_phone(self, act: PhoneUse) -> Json:
        phone = self._phones[self._user(act.person)]
        if act.pasted is not None:
            phone.add(act.pasted)
        if act.remove is not None:
            phone.remove(act.remove)
        self._world.changed()
        return {}

    # ---- finding what is acted on, as this person may

    def _user(self, user_id: str) -> str:
        if user_id not in self._phones:
            raise Gone("This person is not on the page. Reload it.")
        return user_id

    def _on(self, user_id: str, on: On) -> Message | View:
        return self._view(user_id, on.view) if on.view else self._message(user_id, on)

    def _message(self, user_id: str, on: On) -> Message:
        message = self._world.message(on.channel, on.ts, user_id)
        if message is None:
            raise Gone("This message is gone.")
        return message

    def _view(self, user_id: str, view_id: str) -> View:
        view = self._world.view(view_id)
        if view is None or view.user != user_id:
            raise Gone("This form is closed already.")
        return view


def _answer(answer: Answer) -> Json:
    return {"error": answer.error}
