"""Who plays in the demo, and what the tour proposes, told in the words of the chosen catalogue."""

from dataclasses import dataclass
from typing import Final

from bot.playground import ChannelSpec, PersonSpec
from bot.playground.tour import Roles, Step, six_steps
from handlers.catalogue import Catalogue, Role

TEAM: Final = "Analytical Engines"
PARTNER: Final = "T0PARTNER"

ADA: Final = PersonSpec(name="ada", real_name="Ada Lovelace", email="ada@example.com", is_owner=True)
GRACE: Final = PersonSpec(name="grace", real_name="Grace Hopper", email="grace@example.com", tz="America/New_York")
LINUS: Final = PersonSpec(name="linus", real_name="Linus Pauling", email="linus@example.com", tz="America/Los_Angeles")
KATHERINE: Final = PersonSpec(
    name="katherine", real_name="Katherine Johnson", email="katherine@example.com", tz="America/New_York"
)
SHIUNG: Final = PersonSpec(name="shiung", real_name="Chien-Shiung Wu", email="shiung@example.com", tz="Asia/Shanghai")
WANGARI: Final = PersonSpec(
    name="wangari", real_name="Wangari Maathai", email="wangari@example.com", tz="Africa/Nairobi"
)
EMMY: Final = PersonSpec(
    name="emmy", real_name="Emmy Noether", email="emmy@guest.example", tz="Europe/Berlin", is_restricted=True
)
SOFYA: Final = PersonSpec(
    name="sofya", real_name="Sofya Kovalevskaya", email="sofya@partner.example", tz="Europe/Stockholm", team_id=PARTNER
)
PEOPLE: Final = (ADA, GRACE, LINUS, KATHERINE, SHIUNG, WANGARI, EMMY, SOFYA)
MEMBERS: Final = (LINUS, KATHERINE, SHIUNG)
PENDING: Final = "hypatia@example.org"
"""Invited and not here yet: no Slack account, only a mail."""

CHANNELS: Final = (
    ChannelSpec(
        name="general", members=["ada", "grace", "linus", "katherine", "shiung", "wangari", "emmy"], topic="Everybody"
    ),
    ChannelSpec(name="random"),
    ChannelSpec(name="partners", kind="shared", members=["ada", "linus", "sofya"], topic="With the people next door"),
)
SPACES: Final = ("Difference Engine", "Weather")


@dataclass(frozen=True, slots=True)
class Parts:
    """The roles that the play needs, whatever the catalogue calls them."""

    top: Role
    approver: Role
    asked: Role
    member: Role


def parts(catalogue: Catalogue) -> Parts:
    """In a catalogue with few roles, one role plays several parts."""
    roles, top = catalogue.organization, catalogue.top
    offered = [roles[name] for name in top.invites if name != top.id]  # highest first
    approver = next((role for role in offered if role.gives), top)
    plain = [role for role in offered if not role.gives and not role.in_space_at_most]
    member = plain[-1] if plain else approver
    between = [roles[name] for name in approver.gives if roles[name].rank > member.rank]
    return Parts(top, approver, min(between, key=lambda role: role.rank, default=approver), member)


def captions(play: Parts, *, empty: bool) -> dict[str, str]:
    """The people on the page, in its order."""
    if empty:
        return {
            "ada": "sets Usher up",
            **dict.fromkeys(("grace", "linus", "katherine", "wangari"), "joins when invited"),
            **_OUTSIDE,
        }
    return {
        "ada": play.top.title,
        "grace": f"{play.approver.title}, approves",
        "linus": play.member.title,
        "katherine": f"{play.member.title}, waits for an answer",
        "wangari": "not invited yet",
        **_OUTSIDE,
    }


_OUTSIDE: Final = {"emmy": "a guest in Slack", "sofya": "from another company"}


def tour(play: Parts, *, empty: bool) -> tuple[Step, ...]:
    roles = Roles(play.approver.id, play.approver.title, play.asked.id, play.member.id)
    steps = six_steps(admin="ada", approver="grace", member="linus", newcomer=str(WANGARI.email), roles=roles)
    return (_SET_UP, *steps) if empty else steps


_SET_UP: Final = Step(
    "Set Usher up",
    "An owner of the workspace names the organization and becomes its first member.",
    person="ada",
    text="/usher setup",
    typed=r"^/usher\s+setup\b",
    said=r"\bDone\b.*\bis set up\b",
)
