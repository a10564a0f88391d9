"""The shapes of Slack's bodies, as far as Bolt and Usher's listeners reach into them; Slack may add fields at any time.

Sources: https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/apis/events-api
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, TypeAdapter, with_config

# Pydantic reads the TypedDict of typing only from Python 3.12 on.
from typing_extensions import TypedDict

_open = with_config(ConfigDict(extra="allow"))
Id = Annotated[str, StringConstraints(min_length=1, max_length=255)]


@_open
class _Named(TypedDict):
    id: Id


@_open
class _Person(TypedDict):
    id: Id
    team_id: NotRequired[Id | None]


@_open
class _Team(TypedDict):
    id: Id
    enterprise_id: NotRequired[Id | None]


@_open
class _State(TypedDict):
    values: dict[str, dict[str, dict[str, Any]]]


@_open
class _View(TypedDict):
    id: Id
    type: Literal["modal", "home"]
    callback_id: NotRequired[str]
    private_metadata: NotRequired[str]
    hash: NotRequired[str]
    team_id: NotRequired[Id | None]
    app_installed_team_id: NotRequired[Id | None]
    state: NotRequired[_State]
    blocks: NotRequired[list[dict[str, Any]]]


@_open
class _Message(TypedDict):
    ts: NotRequired[str]
    user: NotRequired[Id | None]
    thread_ts: NotRequired[str | None]


@_open
class _Action(TypedDict):
    type: Id
    action_id: Id
    block_id: Id


@_open
class _Link(TypedDict):
    response_url: str


@_open
class _FromPerson(TypedDict):
    user: _Person
    team: NotRequired[_Team | None]
    enterprise: NotRequired[_Named | None]
    channel: NotRequired[_Named | None]
    container: NotRequired[dict[str, Any] | None]
    # No interaction has these two, but Bolt looks into them before it asks what it was sent.
    event: NotRequired[dict[str, Any]]
    function_data: NotRequired[dict[str, Any]]
    is_enterprise_install: NotRequired[bool | None]
    trigger_id: NotRequired[Id | None]
    response_url: NotRequired[str]
    response_urls: NotRequired[list[_Link]]


class _Press(_FromPerson):
    type: Literal["block_actions"]
    actions: Annotated[list[_Action], Field(min_length=1)]
    view: NotRequired[_View | None]
    message: NotRequired[_Message | None]
    state: NotRequired[_State]


class _Form(_FromPerson):
    type: Literal["view_submission", "view_closed"]
    view: _View


class _Suggestion(_FromPerson):
    type: Literal["block_suggestion"]
    action_id: Id
    block_id: Id
    value: str
    view: NotRequired[_View | None]
    message: NotRequired[_Message | None]


class _Shortcut(_FromPerson):
    type: Literal["shortcut"]
    callback_id: Id


class _MessageShortcut(_FromPerson):
    type: Literal["message_action"]
    callback_id: Id
    message: _Message


@_open
class _Happening(TypedDict):
    type: Id
    user: NotRequired[Id | _Person | None]
    channel: NotRequired[Id | _Named | None]
    team: NotRequired[Id | None]
    view: NotRequired[_View | None]


@_open
class _Authorization(TypedDict):
    team_id: Id | None
    enterprise_id: NotRequired[Id | None]
    is_enterprise_install: NotRequired[bool | None]


@_open
class _Event(TypedDict):
    type: Literal["event_callback"]
    team_id: Id
    event_id: Id
    event: _Happening
    enterprise_id: NotRequired[Id | None]
    authorizations: NotRequired[list[_Authorization] | None]
    is_ext_shared_channel: NotRequired[bool]


@_open
class _Challenge(TypedDict):
    type: Literal["url_verification"]
    # It is sent back, so it may be nothing but a plain word.
    challenge: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-=+/.]{1,500}$")]


@_open
class _TooMany(TypedDict):
    type: Literal["app_rate_limited"]
    team_id: Id


@_open
class _Command(TypedDict):
    command: Annotated[str, StringConstraints(pattern=r"^/[^\s/]{1,31}$")]
    text: str
    team_id: Id
    user_id: Id


@_open
class _SslCheck(TypedDict):
    ssl_check: Literal["1"]


COMMAND: TypeAdapter[Any] = TypeAdapter(_Command)
SSL_CHECK: TypeAdapter[Any] = TypeAdapter(_SslCheck)
EVENT: TypeAdapter[Any] = TypeAdapter(Annotated[_Event | _Challenge | _TooMany, Discriminator("type")])
INTERACTION: TypeAdapter[Any] = TypeAdapter(
    Annotated[_Press | _Form | _Suggestion | _Shortcut | _MessageShortcut, Discriminator("type")]
)
