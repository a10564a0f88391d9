"""From the text of a slash command to what is meant. Pure: nothing is looked up, and nothing is judged."""

import re
from datetime import datetime

from bot.slack.grammar.lexer import cleaned, plain, unquoted
from bot.slack.grammar.near import nearest
from bot.slack.grammar.phrase import Confused, Verb, said, take_apart
from bot.slack.grammar.readings import OpenForm, Reading, Show, Slash, Unclear
from bot.slack.grammar.verbs import (
    VERBS,
    example,
    first_step,
    help_lines,
    in_own_words,
    may_use,
    own_words,
    typed_here,
    usable_verbs,
)
from handlers.models import Desk

# Two hundred addresses as Slack marks them up fit in; what is longer was hardly typed.
LONGEST = 20_000

_WORD = re.compile(r"(\S+)\s*")
_HYPHENS = re.compile(r"[-_:]")
_HELP = frozenset({"help", "?", "-h", "--help"})
# A shorter name is the beginning of too many words.
_LONG = 3
_OTHER: dict[Slash, Slash] = {"/usher": "/access", "/access": "/usher"}


def read(slash: Slash, text: str, *, desk: Desk, now: datetime) -> Reading:
    """Never raises, whatever was typed. ``now`` is aware."""
    if len(text) > LONGEST:
        return _too_long(slash, text, desk)
    text = cleaned(text)
    if not text or text.casefold() in _HELP:
        return Show("help")
    found = _verb(slash, text, desk)
    return _read_verb(*found, desk, now) if found else _no_verb(slash, text, desk)


def _read_verb(verb: Verb, rest: str, desk: Desk, now: datetime) -> Reading:
    if verb.name == "help":
        return _help(verb.slash, rest, desk)
    if rest.casefold() in _HELP:
        return _help(verb.slash, verb.name, desk)
    try:
        return verb.read(take_apart(verb, rest, desk=desk, now=now))
    except Confused as confused:
        # Who may not use it at all is better told so than how to spell it.
        if verb.form and not may_use(verb, desk):
            return OpenForm(verb.form)
        return Unclear(confused.what, confused.nearest, example(verb, desk))


def _verb(slash: Slash, text: str, desk: Desk) -> tuple[Verb, str] | None:
    """The verb with the most words that the text begins with, and what stands after it.

    The catalogue's own word for a space or a group does as well: `project create` is `space create`.
    """
    by_name = {tuple(verb.spelt.split()): verb for verb in VERBS if verb.slash == slash}
    words = list(_WORD.finditer(text, 0, 200))[: max(map(len, by_name))]
    spelt = _plainly([_spelt(word[1]) for word in words], desk)
    for count in range(len(words), 0, -1):
        if verb := by_name.get(tuple(spelt[:count])):
            return verb, text[words[count - 1].end() :].strip()
    return None


def _plainly(spelt: list[str], desk: Desk) -> list[str]:
    own = {_spelt(said): word for word, said in own_words(desk).items()}
    return [own.get(spelt[0], spelt[0]), *spelt[1:]] if spelt else spelt


def _spelt(word: str) -> str:
    return _HYPHENS.sub("", word).casefold()


def _no_verb(slash: Slash, text: str, desk: Desk) -> Unclear:
    typed, after, *_ = [*text.split(maxsplit=2), ""]
    guess = _turned_round(slash, typed, after, desk) or _nearest_verb(slash, typed, desk)
    what = f"{said(unquoted(plain(typed)))} is not a command of `{slash}`."
    return Unclear(
        what, typed_here(guess, desk) if guess else None, example(guess, desk) if guess else _way_on(slash, desk)
    )


def _turned_round(slash: Slash, typed: str, after: str, desk: Desk) -> Verb | None:
    """`create space` for `space create`; `share` alone where only one command ends so."""
    own = usable_verbs(slash, desk=desk)
    ending = [verb for verb in own if verb.spelt.endswith(f" {_spelt(typed)}")]
    said_after = _plainly([_spelt(after)], desk)[0]
    named = [verb for verb in ending if verb.spelt.split()[0] == said_after]
    return (named or ending)[0] if named or len(ending) == 1 else None


def _way_on(slash: Slash, desk: Desk) -> str:
    first = first_step(desk)
    return example(first, desk) if first else f"{slash} help"


def _nearest_verb(slash: Slash, typed: str, desk: Desk) -> Verb | None:
    """A verb of the other command is meant if it was typed to the letter, or nothing of this one is near."""
    own = {verb.spelt: verb for verb in usable_verbs(slash, desk=desk)}
    other = {verb.spelt: verb for verb in usable_verbs(_OTHER[slash], desk=desk)}
    if found := other.get(_spelt(typed)):
        return found
    if begun := [verb for name, verb in own.items() if _begins(name, _spelt(typed))]:
        return begun[0]
    name = nearest(typed, own)
    if name is None:
        name = nearest(typed, other)
        return other[name] if name else None
    return own[name]


def _begins(name: str, typed: str) -> bool:
    """`who` begins `who can`, and `organization` begins with `org`."""
    return name.startswith(f"{typed} ") or (len(name) >= _LONG and typed.startswith(name))


def _help(slash: Slash, about: str, desk: Desk) -> Reading:
    if not about:
        return Show("help")
    words = plain(about).removeprefix(slash).split()
    name = " ".join(_plainly(list(map(_spelt, words)), desk))
    if help_lines(slash, desk=desk, verb=name):
        return Show("help", name)
    guess = _nearest_verb(slash, name, desk)
    what = f"There is no command {said(plain(about))} that you may use."
    return Unclear(what, f"{slash} help {in_own_words(guess.name, desk)}" if guess else None, _way_on(slash, desk))


def _too_long(slash: Slash, text: str, desk: Desk) -> Unclear:
    found = _verb(slash, cleaned(text[:200]), desk)
    verb = found[0] if found and found[0].form else None
    advice = f" Type `{typed_here(verb, desk)}` alone, and fill in the form." if verb else ""
    what = f"That is too long to read: {len(text):,} characters, and at most {LONGEST:,} are read.{advice}"
    return Unclear(what, typed_here(verb, desk) if verb else None, example(verb, desk) if verb else f"{slash} help")
