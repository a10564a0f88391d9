"""Tokens, webhooks and the audit's chains in the words of the command line."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.wording.clean import clean
from bot.wording.phrase import Phrase, When, listed, say
from handlers.commands import TokenMade, TokenRevoked, WebhookDeleted, WebhookMade
from handlers.software_queries import Chain, Tenant, TokenRow, WebhookRow

NO_TOKENS = "There is no token yet. Make one with: usher token create NAME"
NO_WEBHOOKS = "There is no webhook yet. Make one with: usher webhook create URL"
NO_ORGANIZATION = "There is no organization yet. Type /usher setup in Slack first."


def happened(result: TokenMade | TokenRevoked | WebhookMade | WebhookDeleted) -> Phrase:
    match result:
        case TokenMade():
            return say("The token {name} is made. It is shown only now: keep it like a password.", name=result.name)
        case TokenRevoked():
            return say("The token {name} is revoked, and opens nothing any more.", name=result.name)
        case WebhookMade():
            made = "The webhook to {url} is made. Its secret is shown only now: give it to whoever listens there."
            return say(made, url=result.url)
        case WebhookDeleted():
            return say("The webhook to {url} is deleted, and hears of nothing any more.", url=result.url)


def no_database(file: str) -> str:
    return (
        f"There is no database at {file}. Set USHER_DATABASE_URL to the one that Usher runs on; "
        "a new Usher begins with: usher run, and then /usher setup in Slack."
    )


def unknown_organization(slug: str, known: Sequence[Tenant]) -> str:
    there = say(" Known: {known}.", known=_slugs(known)) if known else say(" {none}", none=NO_ORGANIZATION)
    return (say("There is no organization {slug}.", slug=slug) + there).plain()


def which_organization(known: Sequence[Tenant]) -> str:
    return say("Say which organization with --organization: {known}.", known=_slugs(known)).plain()


def _slugs(known: Sequence[Tenant]) -> Phrase:
    return listed([one.slug for one in known], last=" or ")


def tokens(rows: Sequence[TokenRow]) -> Iterator[str]:
    yield from (f"{row.id}  {When(row.created).plain}  {clean(row.name, 200)}" for row in rows)


def webhooks(rows: Sequence[WebhookRow]) -> Iterator[str]:
    yield from (f"{row.id}  {When(row.created).plain}  {row.url}" for row in rows)


OURSELVES = "Usher itself"  # no slug has a capital letter or a blank


_HEAD = re.compile(r"^(.+): (\d+) records, head ([0-9a-f]{64}|-), id (\w+)$", re.MULTILINE)


def heads(printed: str) -> Mapping[str, Chain]:
    """By id, what `chain` once said of chains that were good."""
    return {
        id_: Chain(id_, "" if name == OURSELVES else name, int(records), head.strip("-"), None)
        for name, records, head, id_ in _HEAD.findall(printed)
    }


def chain(found: Chain) -> str:
    name = found.slug or OURSELVES
    if found.wrong is None:
        return f"{name}: {found.records} records, head {found.head or '-'}, id {found.id}"
    return f"{name}: {found.wrong}. Keep this database as it is, and compare it with a backup."
