"""The nearest of several names to one that was mistyped."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from handlers.catalogue import spelt

# Two names this near share most of their letters; "remove" is not taken for "role".
_NEAR = 0.6
_SHORT = 7
_PREFIX = 2


def nearest(text: str, names: Iterable[str]) -> str | None:
    """One of ``names``, or None if none is near. Swapped neighbours count as one slip."""
    known = {spelt(name): name for name in names}
    typed = spelt(text)
    if found := process.extractOne(typed, known.keys(), scorer=OSA.normalized_similarity, score_cutoff=_NEAR):
        return known[found[0]]
    begun = [name for word, name in known.items() if len(typed) >= _PREFIX and word.startswith(typed)]
    return begun[0] if begun else None


def is_slip(text: str, names: Iterable[str]) -> bool:
    """Whether it is so near to a name that it can hardly be anything else: one slip, in a long name two."""
    typed = spelt(text)
    slips = 1 if len(typed) < _SHORT else 2
    return any(OSA.distance(typed, spelt(name), score_cutoff=slips) <= slips for name in names)
