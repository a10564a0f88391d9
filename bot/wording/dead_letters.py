"""What could not be delivered, in words: what it was, for whom, why not."""

import re
from collections.abc import Mapping
from typing import Final

from bot.wording.common import ago
from bot.wording.phrase import NOTHING, Phrase, Typed, say
from handlers.dead_letter_queries import Undelivered

KINDS: Final[Mapping[str, str]] = {
    "invitation-mail": "Invitation by mail",
    "invitation-offer": "Invitation in Slack",
    "code-mail": "Mailed code",
    "card-post": "Request to decide",
    "card-update": "Rewritten card of a request",
    "told": "Message",
    "reset-letter": "Link to a new password",
    "members-file": "File users.csv",
    "import-news": "News of an import",
    "resource-news": "News of a resource",
    "webhook-event": "News for other software",
    "timer": "Work of Usher's own that had fallen due",
}
_LONGEST: Final = 300
# A mail server likes to repeat the address; whoever may see it reads it in the name.
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


def line(one: Undelivered) -> Phrase:
    what = say(KINDS.get(one.kind, "Something of another version of Usher"))
    to = say(" for {to}", to=Typed(one.to, 80)) if one.to else NOTHING
    tries = "1 try" if one.tries == 1 else f"{one.tries} tries"
    told = say(", {age}, after {tries}", age=ago(one.age), tries=tries)
    return what + to + told + (say(", the last {tried}", tried=ago(one.tried)) if one.tries > 1 else NOTHING)


def why(one: Undelivered) -> Phrase:
    said = _ADDRESS.sub("…", one.why)
    return say("{why}", why=Typed(said, _LONGEST)) if said else say("Nobody said why.")
