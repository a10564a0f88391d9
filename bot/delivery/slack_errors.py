"""What Slack's error codes mean for a parcel. A code that is not listed is tried again: nothing is lost by that.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage#errors, chat.update, conversations.open,
files.getUploadURLExternal, files.completeUploadExternal.
"""

import re
from collections.abc import Mapping
from typing import Final

from bot.delivery.trouble import SLACK, Never, NoAnswer, NotNow, Trouble, Unreachable

RATE_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})

# This person or channel cannot be reached; what an admin reads as the dead letter's reason.
UNREACHABLE: Final[Mapping[str, str]] = {
    "channel_not_found": "the channel does not exist, or Usher is not in it",
    "not_in_channel": "Usher is not in the channel; invite it there",
    "is_archived": "the channel is archived",
    "restricted_action": "the channel does not let Usher post",
    "restricted_action_read_only_channel": "the channel does not let Usher post",
    "restricted_action_non_threadable_channel": "the channel does not let Usher post",
    "restricted_action_thread_only_channel": "the channel takes only replies",
    "channel_is_limited_access": "the channel does not let Usher post",
    "user_not_found": "the Slack account does not exist",
    "users_not_found": "nobody in Slack has this address",
    "user_not_visible": "the Slack account cannot be seen by Usher",
    "user_disabled": "the Slack account is deactivated",
    "cannot_dm_bot": "the Slack account is a bot",
    "cannot_dm_user": "the Slack account takes no messages from Usher",
    "messages_tab_disabled": "the app's Messages tab is switched off; see manifest.yml",
}

# The workspace takes no such file; only its admins can change that.
NO_FILES: Final[Mapping[str, str]] = {
    "file_uploads_disabled": "the workspace takes no files",
    "file_uploads_except_images_disabled": "the workspace takes no files but pictures",
    "file_type_not_allowed": "the workspace takes no CSV files",
    "file_upload_size_restricted": "the file is larger than the workspace takes",
}

MALFORMED: Final = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_array_arg",
        "invalid_json",
        "json_not_object",
        "invalid_form_data",
        "invalid_charset",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "unknown_method",
    }
)

# Nothing can be sent until an operator acts. `account_inactive` is not about the receiver: Slack says it of a token
# whose bot user or workspace is gone.
TO_REPAIR: Final = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "access_denied",
        "accesslimited",
        "ekm_access_denied",
        "org_login_required",
        "team_access_not_granted",
        "two_factor_setup_required",
    }
)

BROKEN: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})

# A card that cannot be rewritten any more is as good as gone.
GONE: Final = frozenset(UNREACHABLE) | {"message_not_found", "cant_update_message", "edit_window_closed"}

_CODE: Final = re.compile(r"[a-z0-9_]{1,60}", re.ASCII)


def code_of(said: object) -> str:
    """Slack's error code, or nothing if it is none: it is written to logs and shown to admins."""
    return said if isinstance(said, str) and _CODE.fullmatch(said) else ""


def trouble_of(code: str) -> Trouble:
    if code in UNREACHABLE:
        return Unreachable(f"Slack: {code} ({UNREACHABLE[code]}).", code=code)
    if code in NO_FILES:
        return Never(f"Slack: {code} ({NO_FILES[code]}).", code=code)
    if code in MALFORMED:
        return Never(f"Slack: {code} (Usher made a message that Slack does not take; please report this).", code=code)
    if code in TO_REPAIR:
        error = f"Slack: {code} (check the app's token and scopes with `usher check`)."
        return NotNow(error, schedule=SLACK, loud=True, code=code)
    if code in BROKEN:
        return NoAnswer(f"Slack: {code}.", schedule=SLACK, code=code)
    return NotNow(f"Slack: {code}.", schedule=SLACK, code=code)
