"""The one table of verbs, and who may use which."""

import re
from collections.abc import Mapping

from bot.slack.grammar.access_verbs import ACCESS_VERBS
from bot.slack.grammar.asking import connect
from bot.slack.grammar.explaining import WHY_VERBS
from bot.slack.grammar.exporting import EXPORT_VERBS
from bot.slack.grammar.importing import IMPORT_VERBS
from bot.slack.grammar.inviting import invite
from bot.slack.grammar.leaving import LEAVING_VERBS
from bot.slack.grammar.listing import LIST_VERBS
from bot.slack.grammar.managing import change_role, invitations, of_one, only, set_up
from bot.slack.grammar.mending import MENDING_VERBS
from bot.slack.grammar.naming import offered
from bot.slack.grammar.one_member import MEMBER_VERBS
from bot.slack.grammar.organizing import ORGANIZATION_VERBS
from bot.slack.grammar.permissions import permissions
from bot.slack.grammar.phrase import Phrase, Verb, marks
from bot.slack.grammar.readings import (
    AskFor,
    CancelWhich,
    Explain,
    FirstKnown,
    Form,
    HeldWhich,
    HelpLine,
    OpenForm,
    Reading,
    Show,
    Slash,
    WhoCan,
)
from bot.slack.grammar.spaces import SPACE_VERBS
from bot.slack.grammar.thing_verbs import THING_VERBS
from handlers.catalogue import Change, Role
from handlers.catalogue_words import CHANGES
from handlers.commands import Deactivate, Reactivate
from handlers.models import Desk


def _show_help(phrase: Phrase) -> Reading:
    return Show("help", phrase.name)


_NOTHING = marks()
_BECAUSE = marks(because="reason")
_INVITE = marks(as_="role", to="space", in_="space", with_="nothing", groups="groups", group="groups", named="name")
_ROLE = marks(as_="role", to="to", in_="space", for_="for", until="until", because="reason")
# Whoever may make a change may be asked to approve one.
_DECIDING: frozenset[Change] = frozenset(CHANGES) - {"list", "export", "audit", "request-access"}

VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "setup",
        "setup",
        "set Usher up for this workspace",
        "setup",
        set_up,
        who="founder",
        form="set-up",
    ),
    Verb(
        "/usher",
        "invite",
        'invite EMAIL[, EMAIL …] as ROLE [to SPACE] [groups A, B] [named "Ada Lovelace"]',
        "invite people by e-mail",
        "invite ada@example.org, bob@example.org as {role}",
        invite,
        needs=frozenset({"invite"}),
        marks=_INVITE,
        offers="invites",
        lists=True,
        form="invite",
    ),
    Verb(
        "/usher",
        "invitations",
        "invitations [SPACE] [status:STATUS]",
        "the invitations, each with Resend, Revoke and Copy invite link, or many at once",
        "invitations status:expired",
        invitations,
        needs=frozenset({"invite"}),
        marks=marks(in_="space", to="space"),
    ),
    Verb(
        "/usher",
        "role",
        "role PERSON ROLE [in SPACE] [for 8h | until DATE] [because …]",
        "change somebody's role, lasting or for a while",
        "role @ada {role} for 8h because she is on call",
        change_role,
        needs=frozenset({"change-role"}),
        marks=_ROLE,
        offers="gives",
        form="change-role",
    ),
    Verb(
        "/usher",
        "deactivate",
        "deactivate PERSON [because …]",
        "close every door to somebody; it can be undone",
        "deactivate @ada because she is on leave",
        of_one("deactivate", Deactivate),
        needs=frozenset({"deactivate"}),
        marks=_BECAUSE,
        form="deactivate",
    ),
    Verb(
        "/usher",
        "reactivate",
        "reactivate PERSON [because …]",
        "let somebody in again",
        "reactivate @ada because she is back",
        of_one("reactivate", Reactivate),
        needs=frozenset({"reactivate"}),
        marks=_BECAUSE,
        form="reactivate",
    ),
    *LIST_VERBS,
    *EXPORT_VERBS,
    *IMPORT_VERBS,
    *MEMBER_VERBS,
    *LEAVING_VERBS,
    *SPACE_VERBS,
    *THING_VERBS,
    *ORGANIZATION_VERBS,
    *WHY_VERBS,
    *MENDING_VERBS,
    Verb(
        "/usher",
        "permissions",
        "permissions PERSON [in SPACE]",
        "add-ons, datasets and features of one member, and back to their role's defaults",
        "permissions @ada",
        permissions,
        needs=frozenset({"permissions"}),
        marks=marks(in_="space"),
        form="permissions",
    ),
    Verb(
        "/usher",
        "approvals",
        "approvals",
        "what waits for you, and why you are asked",
        "approvals",
        only(Show("approvals")),
        needs=_DECIDING,
        marks=_NOTHING,
    ),
    *ACCESS_VERBS,
    Verb(
        "/access",
        "connect",
        "connect",
        "tie this Slack account to your membership",
        "connect",
        connect,
        who="newcomer",
        marks=_NOTHING,
        form="connect",
    ),
    Verb("/access", "me", "me", "your profile, password and second factor", "me", only(Show("me")), marks=_NOTHING),
    *(
        Verb(slash, "help", "help [VERB]", "what you may do here", "help", _show_help, who="anybody")
        for slash in ("/usher", "/access")
    ),
)

_SPACE_PART = re.compile(r" \[[^\[\]]*\bSPACE\]")


def may_use(verb: Verb, desk: Desk) -> bool:
    if verb.spaces and not desk.catalogue.space:
        return False
    match verb.who:
        case "founder":
            return desk.organization is None and desk.workspace_admin
        case "newcomer":
            return desk.organization is not None and desk.member is None
        case "insider":
            return desk.organization is not None and desk.member is not None
        case "member":
            return desk.status == "active" and (not verb.needs or bool(verb.needs & desk.may))
        case "anybody":
            return True


def usable(reading: Reading, *, desk: Desk) -> bool:
    """Whether there is sense in opening that form or showing that list to this person; acts, the gate decides."""
    match reading:
        case OpenForm(form=form):
            return any(_opens(verb, form, desk) and may_use(verb, desk) for verb in VERBS)
        case Show(what=what):
            return any(verb.name == what and may_use(verb, desk) for verb in VERBS)
        case FirstKnown(otherwise=form) | AskFor(form=form):
            return usable(form, desk=desk)
        case CancelWhich() | HeldWhich() | Explain() | WhoCan():
            return desk.status == "active"
        case _:
            return True


def _opens(verb: Verb, form: Form, desk: Desk) -> bool:
    return form == verb.form or (form == verb.in_space and bool(desk.catalogue.space))


def about_spaces(reading: Reading) -> bool:
    """Whether it makes sense only where there are spaces."""
    named = reading.form if isinstance(reading, OpenForm) else reading.what if isinstance(reading, Show) else ""
    return any((verb.spaces and named in (verb.form, verb.name)) or named == verb.in_space for verb in VERBS)


def usable_verbs(slash: Slash, *, desk: Desk) -> tuple[Verb, ...]:
    return tuple(verb for verb in VERBS if verb.slash == slash and may_use(verb, desk) and _has_sense(verb, desk))


def _has_sense(verb: Verb, desk: Desk) -> bool:
    """Where no product registers anything, nobody is led to resources; whoever types them is told so."""
    return bool(desk.catalogue.kinds) or not verb.kinds


def first_step(desk: Desk) -> Verb | None:
    """What somebody must do before anything else, whichever command they typed."""
    return next((verb for verb in VERBS if verb.who in {"founder", "newcomer"} and may_use(verb, desk)), None)


def help_lines(slash: Slash, *, desk: Desk, verb: str | None = None) -> tuple[HelpLine, ...]:
    """Only what the asker may do; with ``verb`` that one and what begins with it, of either command, or nothing."""
    own = usable_verbs(slash, desk=desk)
    if verb is not None:
        other = usable_verbs("/access" if slash == "/usher" else "/usher", desk=desk)
        named = [found for found in (*own, *other) if verb in (found.name, found.spelt)][:1]
        named += [found for found in (*own, *other) if found.name.startswith(f"{verb} ")]
        return tuple(help_line(found, desk) for found in named)
    first = first_step(desk)
    before = (first,) if first and first not in own else ()
    return tuple(help_line(found, desk) for found in (*before, *own))


def own_words(desk: Desk) -> Mapping[str, str]:
    """What the catalogue calls spaces and groups, where that is one word, as a command must be."""
    words = desk.catalogue.words
    own = {"space": words.space, "spaces": words.spaces, "group": words.group, "groups": words.groups}
    return {word: said for word, said in own.items() if " " not in said}


def in_own_words(text: str, desk: Desk) -> str:
    """A command as it is typed here: it may begin with the catalogue's own word."""
    first, blank, rest = text.partition(" ")
    return f"{own_words(desk).get(first, first)}{blank}{rest}"


def typed_here(verb: Verb, desk: Desk) -> str:
    return f"{verb.slash} {in_own_words(verb.name, desk)}"


def help_line(verb: Verb, desk: Desk) -> HelpLine:
    words = desk.catalogue.words
    usage = (
        verb.usage.replace("SPACE", words.space.upper()) if desk.catalogue.space else _SPACE_PART.sub("", verb.usage)
    )
    usage = usage.replace("[space:", f"[{own_words(desk).get('space', 'space')}:")
    usage = _without(usage, ADD_ON=desk.catalogue.addons, KIND=desk.catalogue.kinds)
    about = verb.about.format(space=words.space, spaces=words.spaces, group=words.group, groups=words.groups)
    return HelpLine(f"{verb.slash} {in_own_words(usage, desk)}", about, example(verb, desk))


def _without(usage: str, **there: object) -> str:
    """Without what the catalogue has none of, among several things that one command takes."""
    for word, some in there.items():
        if not some:
            usage = re.sub(rf"\|{word.replace('_', '-')}[^| ]*", "", usage)
    return usage


def example(verb: Verb, desk: Desk) -> str:
    """Can be typed as it stands, in the catalogue's own roles."""
    roles = offered(desk, verb.offers, "organization") or offered(desk, "all", "organization")
    usual = [role for role in roles if role.in_space_at_most is None] or roles
    words = verb.example.format(role=_typed(usual[-1]), asked=_asked(desk), resource=_resource(desk))
    return f"{verb.slash} {in_own_words(words, desk)}"


def _resource(desk: Desk) -> str:
    return f"{next(iter(desk.catalogue.kinds), 'dataset')}:sales"


def _asked(desk: Desk) -> str:
    in_space = offered(desk, "all", "space")
    roles = in_space or offered(desk, "all", "organization")
    return f"{_typed(roles[len(roles) // 2])}{' in Apollo' if in_space else ''}"


def _typed(role: Role) -> str:
    return role.title.casefold()
