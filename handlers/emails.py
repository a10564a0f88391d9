"""E-mail addresses: which are any. Pure."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def checked_address(typed: str) -> str | None:
    """As it is written when it is one; None for what is none."""
    try:
        return validate_email(typed.strip(), strict=True, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
