"""Writes the parts of the README that are made from code: ``python -m tests.readme``. A test checks that they are."""

from __future__ import annotations

import re
from pathlib import Path

from handlers.catalogue import load
from handlers.flows.requests import TRANSITIONS
from handlers.matrix import matrix

README = Path(__file__).parent.parent / "README.md"


def states() -> str:
    """The states of a request, as the gate's own table has them."""
    arrows = [f"    {old} --> {new}" for old, after in TRANSITIONS.items() for new in sorted(after)]
    ends = [f"    {state} --> [*]" for state, after in TRANSITIONS.items() if not after]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> pending", *arrows, *ends, "```"])


def roles() -> str:
    return re.sub(r"^#(#+) ", r"##\1 ", matrix(load("default")).partition("\n")[2].strip(), flags=re.MULTILINE)


PARTS = {"matrix": roles, "states": states}


def filled(text: str) -> str:
    """The README with its made parts made anew."""
    for name, make in PARTS.items():
        before, opening, rest = text.partition(f"<!-- {name} -->\n")
        _, closing, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}{opening}{make()}\n{closing}{after}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))
