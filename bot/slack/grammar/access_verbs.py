"""The verbs of ``/access`` by which somebody asks for things, keeps them and gives them back."""

from bot.slack.grammar.asking import cancel, extend, give_back, request
from bot.slack.grammar.managing import only
from bot.slack.grammar.phrase import Verb, marks
from bot.slack.grammar.readings import Show

_NOTHING = marks()
_REQUEST = marks(as_="role", to="space", in_="space", for_="for", until="until", because="reason")
_EXTEND = marks(in_="space", for_="for", until="until", because="reason")
_IN = marks(in_="space")

ACCESS_VERBS: tuple[Verb, ...] = (
    Verb(
        "/access",
        "request",
        "request ROLE|ADD-ON|GROUP|KIND:NAME [in SPACE] [for 4h | until DATE] [for PERSON] because REASON",
        "ask for access, for yourself or for somebody else",
        "request {asked} for 4h because the report is due on Friday",
        request,
        marks=_REQUEST,
        form="request-access",
    ),
    Verb(
        "/access", "mine", "mine", "the access you have, and when it ends", "mine", only(Show("mine")), marks=_NOTHING
    ),
    Verb(
        "/access",
        "requests",
        "requests",
        "your requests and what became of them",
        "requests",
        only(Show("requests")),
        marks=_NOTHING,
    ),
    Verb(
        "/access",
        "extend",
        "extend [NAME] [for 4h | until DATE] [because …]",
        "ask to keep for longer what you have for a while",
        "extend {asked} for 4h",
        extend,
        marks=_EXTEND,
    ),
    Verb(
        "/access",
        "give-back",
        "give-back [NAME]",
        "give something back that you need no longer",
        "give-back {asked}",
        give_back,
        marks=_IN,
    ),
    Verb("/access", "cancel", "cancel [NAME]", "take a request of yours back", "cancel", cancel),
)
