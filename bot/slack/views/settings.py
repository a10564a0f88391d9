"""An organization's settings; and a second page where another catalogue is chosen: who gains and loses what."""

from dataclasses import dataclass, replace

from bot.slack.views import dead_letters, organizations
from bot.slack.views.blocks import Block, Ticked, actions, asked, channel, line, modal, radios, rich, select
from bot.slack.views.fields import Filled, Meta, Unreadable
from bot.wording import organizations as words
from bot.wording.phrase import say
from handlers.commands import ChangeSettings
from handlers.models import Choice, Desk
from handlers.organization_models import Settings
from handlers.recataloguing import Preview

CALLBACK = "settings"
TITLE = "Settings"
LONGEST_DAYS = 3
# The second page offers the plans of another catalogue: a field of its own, for Slack keeps what a field held before.
PLAN, PLAN_THERE = "plan", "plan-there"
FOLLOWS = "follow_slack"
_FOLLOWS = (
    Ticked(Choice("yes", "Deactivate them here"), "Their sessions, links and requests end; managers are told."),
    Ticked(Choice("no", "Change nothing here"), "They can still sign in on Usher's own pages."),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the form was drawn from, kept in it: only what became otherwise is asked for. ``previewed``: the catalogue
    whose consequences stand on this page."""

    plan: str = ""
    catalogue: str = ""
    days: str = ""
    channel: str = ""
    follows: str = ""
    previewed: str = ""

    @property
    def mark(self) -> str:
        return f"{self.plan}|{self.catalogue}|{self.days}|{self.channel}|{self.follows}|{self.previewed}"

    @staticmethod
    def of(mark: str) -> "Shown":
        parts = mark.split("|")
        return Shown(*parts) if len(parts) == 6 else Shown()  # noqa: PLR2004 - its fields


def build(desk: Desk, settings: Settings) -> Block:
    shown = Shown(
        plan=settings.plan,
        catalogue=settings.catalogue.name,
        days=str(settings.invitation_days or ""),
        channel=settings.approvals_channel or "",
        follows="yes" if settings.follow_slack else "no",
    )
    plan = asked(PLAN, "Plan", _plans(settings.catalogue.plans, settings.plan), hint="What is on it follows at once.")
    undelivered = dead_letters.opener(settings.undelivered)
    above = [rich(words.now(settings)), *([actions("letters", *undelivered)] if undelivered else [])]
    return _form(desk, shown, plan, above)


def build_preview(desk: Desk, form: Filled, preview: Preview) -> Block:
    """The same form with what it means on top, and the plans of the catalogue that was chosen."""
    before = Shown.of(form.meta.mark)
    chosen = form.choice(PLAN)
    plan = chosen if chosen != before.plan and chosen in preview.new.plans else preview.plan
    shown = replace(before, previewed=preview.new.name)
    blocks = [rich(*words.preview(preview))]
    there = asked(PLAN_THERE, "Plan", _plans(preview.new.plans, plan), hint=f"Of the catalogue {preview.new.title}.")
    return _form(desk, shown, there, blocks, form)


def _plans(plans: tuple[str, ...], chosen: str) -> Block:
    return select([Choice(plan, plan.capitalize()) for plan in plans], chosen)


def _form(desk: Desk, shown: Shown, plan: Block, above: list[Block], form: Filled | None = None) -> Block:
    days = form.text("invitation_days") if form else shown.days
    posted = form.conversation("approvals_channel") if form else shown.channel
    follows = form.choice(FOLLOWS) if form else shown.follows
    blocks = [
        *above,
        plan,
        asked(
            "catalogue",
            "Catalogue",
            select(organizations.catalogues(desk), shown.previewed or shown.catalogue),
            hint="Which roles there are, and what each may do. You see what another one changes before it does.",
        ),
        asked(
            "invitation_days",
            "Days that an invitation is open",
            line(days, longest=LONGEST_DAYS, placeholder="7"),
            optional=True,
            hint="1 to 90; empty: as long as the catalogue says.",
        ),
        asked(
            "approvals_channel",
            "Approvals channel",
            channel(posted),
            optional=True,
            hint="Where requests are posted. Invite Usher to it; empty: to each who may approve, by direct message.",
        ),
        asked(FOLLOWS, "When somebody is deactivated in Slack", radios(_FOLLOWS, follows)),
    ]
    return modal(TITLE, CALLBACK, blocks, submit="Change", meta=Meta(mark=shown.mark).dump())


def read(form: Filled) -> ChangeSettings:
    """What stayed as it was shown is left alone, so that nobody's change of meanwhile is taken back."""
    shown = Shown.of(form.meta.mark)
    plan, catalogue = form.choice(PLAN_THERE) or form.choice(PLAN), form.choice("catalogue")
    days, posted = form.text("invitation_days"), form.conversation("approvals_channel")
    follows = form.choice(FOLLOWS)
    return ChangeSettings(
        plan=plan if plan and plan != shown.plan else None,
        catalogue=catalogue if catalogue and catalogue != shown.catalogue else None,
        invitation_days=_number(days) if days != shown.days else None,
        approvals_channel=posted if posted != shown.channel else None,
        follow_slack=follows == "yes" if follows and follows != shown.follows else None,
    )


def _number(days: str) -> int:
    """Empty takes the setting back."""
    if not days:
        return 0
    if not (days.isascii() and days.isdigit() and int(days)):
        raise Unreadable("invitation_days", say("Type a whole number from 1 to 90, or leave the field empty."))
    return int(days)
