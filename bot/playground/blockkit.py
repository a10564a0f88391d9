"""Block Kit as data: which blocks and elements exist, what they must and may hold, and how much of it.

Limits from docs.slack.dev/reference/block-kit; anything not listed is refused, as Slack refuses it.
"""

from collections.abc import Mapping

from bot.playground.schema import Anything, ByType, Flag, Many, Obj, Rule, Str, Whole

KIND = Str()
ID = Str(longest=255)
URL = Str(longest=3000, shortest=1)
DATE = Str(longest=10, shortest=10)


def _plain(longest: int) -> ByType:
    return ByType({"plain_text": _text(longest)})


def _either(longest: int) -> ByType:
    return ByType({"plain_text": _text(longest), "mrkdwn": _mrkdwn(longest)})


def _text(longest: int) -> Obj:
    return Obj({"type": KIND, "text": Str(longest, shortest=1)}, {"emoji": Flag()})


def _mrkdwn(longest: int) -> Obj:
    return Obj({"type": KIND, "text": Str(longest, shortest=1)}, {"verbatim": Flag()})


def _typed(required: Mapping[str, Rule] | None = None, /, **optional: Rule) -> Obj:
    return Obj({"type": KIND, **(required or {})}, optional)


CONFIRM = Obj(
    {"title": _plain(100), "text": _either(300)},
    {"confirm": _plain(30), "deny": _plain(30), "style": Str(one_of=("primary", "danger"))},
)
DISPATCH = Obj({}, {"trigger_actions_on": Many(Str(one_of=("on_enter_pressed", "on_character_entered")), 1, 2)})
FILTER = Obj(
    {},
    {
        "include": Many(Str(one_of=("im", "mpim", "private", "public")), 1),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
)

OPTION = Obj({"text": _plain(75), "value": Str(150, shortest=1)}, {"description": _plain(75)})
LISTED_OPTION = Obj({"text": _either(75), "value": Str(150, shortest=1)}, {"description": _either(75)})
OVERFLOW_OPTION = Obj({"text": _plain(75), "value": Str(150, shortest=1)}, {"description": _plain(75), "url": URL})
GROUP = Obj({"label": _plain(75), "options": Many(OPTION, 1, 100)})

_PRESSED: dict[str, Rule] = {"action_id": ID, "confirm": CONFIRM}
_FOCUSED: dict[str, Rule] = {"focus_on_load": Flag(), "placeholder": _plain(150)}
_SELECT: dict[str, Rule] = {**_PRESSED, **_FOCUSED}
_MULTI: dict[str, Rule] = {**_SELECT, "max_selected_items": Whole(least=1)}
_OPTIONS: dict[str, Rule] = {"options": Many(OPTION, 1, 100), "option_groups": Many(GROUP, 1, 100)}
_EXTERNAL: dict[str, Rule] = {"min_query_length": Whole(least=0)}
_TYPED: dict[str, Rule] = {"action_id": ID, "dispatch_action_config": DISPATCH, **_FOCUSED}

IMAGE = _typed({"alt_text": Str(2000, shortest=1)}, image_url=URL, slack_file=Anything())
BUTTON = _typed(
    {"text": _plain(75)},
    **_PRESSED,
    url=URL,
    value=Str(2000),
    style=Str(one_of=("primary", "danger")),
    accessibility_label=Str(75),
)
OVERFLOW = _typed({"options": Many(OVERFLOW_OPTION, 1, 5)}, **_PRESSED)

PICKERS: dict[str, Obj] = {
    "static_select": _typed(**_SELECT, **_OPTIONS, initial_option=OPTION),
    "external_select": _typed(**_SELECT, **_EXTERNAL, initial_option=OPTION),
    "users_select": _typed(**_SELECT, initial_user=Str()),
    "conversations_select": _typed(
        **_SELECT,
        initial_conversation=Str(),
        default_to_current_conversation=Flag(),
        response_url_enabled=Flag(),
        filter=FILTER,
    ),
    "channels_select": _typed(**_SELECT, initial_channel=Str(), response_url_enabled=Flag()),
    "checkboxes": _typed(
        {"options": Many(LISTED_OPTION, 1, 10)},
        **_PRESSED,
        focus_on_load=Flag(),
        initial_options=Many(LISTED_OPTION, 1),
    ),
    "radio_buttons": _typed(
        {"options": Many(LISTED_OPTION, 1, 10)}, **_PRESSED, focus_on_load=Flag(), initial_option=LISTED_OPTION
    ),
    "datepicker": _typed(**_SELECT, initial_date=DATE),
    "timepicker": _typed(**_SELECT, initial_time=Str(5, shortest=5), timezone=Str()),
}
DATETIME = _typed(**_PRESSED, focus_on_load=Flag(), initial_date_time=Whole(least=10**9, most=10**10 - 1))

MULTI_PICKERS: dict[str, Obj] = {
    "multi_static_select": _typed(**_MULTI, **_OPTIONS, initial_options=Many(OPTION, 1)),
    "multi_external_select": _typed(**_MULTI, **_EXTERNAL, initial_options=Many(OPTION, 1)),
    "multi_users_select": _typed(**_MULTI, initial_users=Many(Str())),
    "multi_conversations_select": _typed(
        **_MULTI, initial_conversations=Many(Str()), default_to_current_conversation=Flag(), filter=FILTER
    ),
    "multi_channels_select": _typed(**_MULTI, initial_channels=Many(Str())),
}

TYPED: dict[str, Obj] = {
    "plain_text_input": _typed(
        **_TYPED,
        initial_value=Str(3000),
        multiline=Flag(),
        min_length=Whole(least=0, most=3000),
        max_length=Whole(least=1, most=3000),
    ),
    "email_text_input": _typed(**_TYPED, initial_value=Str()),
    "url_text_input": _typed(**_TYPED, initial_value=Str()),
    "number_input": _typed(
        {"is_decimal_allowed": Flag()}, **_TYPED, initial_value=Str(), min_value=Str(), max_value=Str()
    ),
    "file_input": _typed(action_id=ID, filetypes=Many(Str()), max_files=Whole(least=1, most=10)),
    "rich_text_input": _typed(**_TYPED, initial_value=Anything()),
}

ACCESSORIES = ByType({"image": IMAGE, "button": BUTTON, "overflow": OVERFLOW, **PICKERS, **MULTI_PICKERS})
ACTIONS = ByType({"button": BUTTON, "overflow": OVERFLOW, **PICKERS, "datetimepicker": DATETIME})
INPUTS = ByType({**TYPED, **PICKERS, **MULTI_PICKERS, "datetimepicker": DATETIME})
CONTEXTS = ByType({"image": IMAGE, "plain_text": _text(3000), "mrkdwn": _mrkdwn(3000)})


def _block(required: Mapping[str, Rule] | None = None, /, **optional: Rule) -> Obj:
    return _typed(required, block_id=ID, **optional)


BLOCKS: dict[str, Obj] = {
    "section": _block(text=_either(3000), fields=Many(_either(2000), 1, 10), accessory=ACCESSORIES, expand=Flag()),
    "divider": _block(),
    "header": _block({"text": _plain(150)}),
    "context": _block({"elements": Many(CONTEXTS, 1, 10)}),
    "actions": _block({"elements": Many(ACTIONS, 1, 25)}),
    "input": _block(
        {"label": _plain(2000), "element": INPUTS}, hint=_plain(2000), optional=Flag(), dispatch_action=Flag()
    ),
    "image": _block({"alt_text": Str(2000, shortest=1)}, image_url=URL, slack_file=Anything(), title=_plain(2000)),
    "rich_text": _block({"elements": Many(Anything())}),
    "video": _block(
        {"alt_text": Str(), "title": _plain(200), "thumbnail_url": URL, "video_url": URL},
        description=_plain(200),
        author_name=Str(50),
        provider_name=Str(),
        provider_icon_url=URL,
        title_url=URL,
    ),
}
MESSAGE_BLOCKS = ByType({**BLOCKS, "markdown": _block({"text": Str(12_000, shortest=1)})})
VIEW_BLOCKS = ByType(BLOCKS)

_VIEW: dict[str, Rule] = {"callback_id": ID, "external_id": ID, "private_metadata": Str(3000)}
MODAL = _typed(
    {"title": _plain(24), "blocks": Many(VIEW_BLOCKS, 1, 100)},
    **_VIEW,
    submit=_plain(24),
    close=_plain(24),
    clear_on_close=Flag(),
    notify_on_close=Flag(),
)
HOME = _typed({"blocks": Many(VIEW_BLOCKS, 0, 100)}, **_VIEW)
MESSAGE = Many(MESSAGE_BLOCKS, 0, 50)
