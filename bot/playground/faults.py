"""Failures that a test orders in advance, taken by the Web API one call at a time."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Fault:
    method: str
    times: int = 1
    status: int | None = None
    error: str | None = None
    retry_after: int | None = None
    delay: float = 0.0
    drop_after: bool = False
    """The call is carried out, then the connection is cut before the answer."""


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(
        self,
        method: str,
        *,
        times: int = 1,
        status: int | None = None,
        error: str | None = None,
        retry_after: int | None = None,
        delay: float = 0.0,
        drop_after: bool = False,
    ) -> None:
        """`method` is a Web API method, `response_url`, or `*` for all; `delay` in seconds."""
        fault = Fault(
            method=method,
            times=times,
            status=status,
            error=error,
            retry_after=retry_after,
            delay=delay,
            drop_after=drop_after,
        )
        self._planned.append(fault)

    def take(self, method: str) -> Fault | None:
        for fault in self._planned:
            if fault.method in (method, "*") and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def clear(self) -> None:
        self._planned.clear()

    @property
    def left(self) -> int:
        return sum(fault.times for fault in self._planned)
