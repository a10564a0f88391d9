"""A form with what was understood so far."""

from types import MappingProxyType

from bot.slack.grammar.readings import Form, OpenForm


def opened(form: Form, **known: str | tuple[str, ...] | None) -> OpenForm:
    """Leaves out what is not known."""
    return OpenForm(form, MappingProxyType({field: value for field, value in known.items() if value}))
