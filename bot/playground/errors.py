"""How the pretend Slack says no."""

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """`code` as Slack's documentation names it; `problems` point into the arguments."""

    def __init__(self, code: str, problems: Sequence[str] = (), **details: Any) -> None:
        super().__init__(code, *problems)
        self.code = code
        self.problems = list(problems)
        self.details = details

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.details}
        if self.problems:
            body["errors"] = self.problems
            body["response_metadata"] = {"messages": [f"[ERROR] {problem}" for problem in self.problems]}
        return body

    def __str__(self) -> str:
        return "; ".join([self.code, *self.problems])
