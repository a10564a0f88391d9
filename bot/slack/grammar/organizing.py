"""``/usher org`` and ``/usher settings``: which organization commands act in, and what holds for it."""

from bot.slack.grammar.lexer import joined
from bot.slack.grammar.managing import only
from bot.slack.grammar.naming import person
from bot.slack.grammar.phrase import Confused, Phrase, Verb, marks, said
from bot.slack.grammar.prefills import opened
from bot.slack.grammar.readings import Act, OpenForm, Reading, Show
from handlers.commands import CreateOrganization, TransferOrganization, UseOrganization


def create(phrase: Phrase) -> Reading:
    return Act(CreateOrganization(phrase.name)) if phrase.name else opened("org-create")


def use(phrase: Phrase) -> Reading:
    """Without a name: those to choose from."""
    return Act(UseOrganization(phrase.name)) if phrase.name else Show("org")


def close(phrase: Phrase) -> Reading:
    """Always by the form, where the name is typed once more."""
    _check_here(phrase, phrase.name or "")
    return opened("org-close")


def transfer(phrase: Phrase) -> Reading:
    head, to = phrase.head, phrase.given("to") or ()
    if not to and head and head[-1].whole:
        head, to = head[:-1], head[-1:]
    name, target = joined(head), person(to)
    _check_here(phrase, name)
    if not name or target is None or phrase.unfinished:
        return opened("org-transfer", person=target and target.typed, reason=phrase.reason)
    return Act(TransferOrganization(target, phrase.reason or ""))


def _check_here(phrase: Phrase, name: str) -> None:
    """Raises ``Confused`` where another organization is named than the one that the typist acts in."""
    here = phrase.desk.organization
    if not name or here is None or name.casefold() in (here.name.casefold(), here.slug):
        return
    what = f"You act in {said(here.name)} now, and this is done in the organization that you act in."
    raise Confused(what, nearest=f"/usher org use {name}")


ORGANIZATION_VERBS: tuple[Verb, ...] = (
    Verb(
        "/usher",
        "settings",
        "settings",
        "plan, catalogue, invitations, where requests are posted, and what could not be delivered",
        "settings",
        only(OpenForm("settings")),
        needs=frozenset({"settings"}),
        marks=marks(),
        form="settings",
    ),
    Verb(
        "/usher",
        "org",
        "org",
        "your organizations in this workspace, and the one you act in",
        "org",
        only(Show("org")),
        who="insider",
        marks=marks(),
    ),
    Verb(
        "/usher",
        "org use",
        "org use NAME",
        "act in another organization of yours from now on",
        "org use acme",
        use,
        who="insider",
    ),
    Verb(
        "/usher",
        "org create",
        "org create NAME",
        "make one more organization, and hold its highest role",
        "org create Example Ltd",
        create,
        needs=frozenset({"create-organization"}),
        form="org-create",
    ),
    Verb(
        "/usher",
        "org transfer",
        "org transfer NAME to PERSON [because …]",
        "hand the highest role to somebody else, and take the next one below",
        "org transfer acme to @ada because I am leaving",
        transfer,
        needs=frozenset({"transfer"}),
        marks=marks(to="to", because="reason"),
        form="org-transfer",
    ),
    Verb(
        "/usher",
        "org close",
        "org close NAME",
        "close the organization; it cannot be undone",
        "org close acme",
        close,
        needs=frozenset({"close"}),
        form="org-close",
    ),
)
