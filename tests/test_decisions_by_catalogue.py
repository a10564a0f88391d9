"""All that can be asked of a catalogue, and what is answered: reviewed once, changed only on purpose."""

import pytest

from handlers.catalogue import shipped
from tests.decisions import HOME, text


@pytest.mark.invariant(25)
@pytest.mark.parametrize("name", shipped())
def test_no_decision_of_a_catalogue_changes_unseen(name: str) -> None:
    assert text(name) == (HOME / f"{name}.txt").read_text(), "run: python -m tests.decisions, and read what changed"
