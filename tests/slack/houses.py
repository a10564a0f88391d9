"""Organizations and settings as lists and forms in Slack are given them, without anybody's database."""

from hypothesis import strategies as st

from bot.slack.views import organizations, settings
from bot.slack.views.blocks import Block, Message
from bot.slack.views.fields import Filled, Meta
from handlers import commands
from handlers.catalogue import load, shipped
from handlers.models import Desk
from handlers.organization_models import OrganizationPage, OrganizationRow, Settings
from handlers.paging import NO_TURNS, Turns
from handlers.recataloguing import Preview, shifts
from storage.held import Held
from tests.slack import hostile

BUILT = (organizations.build_create, organizations.build_close, organizations.build_transfer)
FIELDS = {
    organizations.CREATE_CALLBACK: commands.CreateOrganization,
    organizations.CLOSE_CALLBACK: commands.CloseOrganization,
    organizations.TRANSFER_CALLBACK: commands.TransferOrganization,
    settings.CALLBACK: commands.ChangeSettings,
}
catalogues = st.sampled_from(shipped()).map(load)

rows = st.builds(
    OrganizationRow,
    id=hostile.ids,
    name=hostile.text,
    slug=st.from_regex(r"[a-z0-9][a-z0-9-]{0,80}", fullmatch=True),
    catalogue=catalogues,
    role=st.one_of(st.none(), st.sampled_from(["super_admin", "gone"])),
    status=st.sampled_from(["active", "deactivated"]),
    current=st.booleans(),
)
pages = st.builds(
    OrganizationPage,
    rows=st.lists(rows, max_size=10, unique_by=lambda row: row.id).map(tuple),
    turns=st.sampled_from([NO_TURNS, Turns("a~acme", "b~acme")]),
)
set_now = st.builds(
    Settings,
    organization=hostile.text,
    catalogue=catalogues,
    plan=st.just("free"),
    invitation_days=st.one_of(st.none(), st.integers(1, 90)),
    approvals_channel=st.sampled_from([None, "C0GENERAL"]),
    follow_slack=st.booleans(),
    undelivered=st.integers(0, 10_000_000),
)


@st.composite
def previews(draw: st.DrawFn) -> Preview:
    """Everything that can be held is held, so this is as long as one gets."""
    old, new = draw(catalogues), draw(catalogues)
    held = [Held("role", role, False, draw(st.integers(1, 10_000))) for role in old.organization]
    held += [Held("role", role, True, 1) for role in old.space]
    held += [Held("addon", addon, True, 1) for addon in old.addons]
    return Preview(old, new, new.plan_at_setup, shifts(old, new, held))


def a_page() -> OrganizationPage:
    known = load("default")
    found = [OrganizationRow("g1", f"Org {n}", f"org-{n}", known, "admin", "active", current=n == 1) for n in (1, 2)]
    return OrganizationPage(tuple(found), Turns("k1", "k3"))


def forms(desk: Desk) -> list[Block]:
    """Those that are drawn from what is there."""
    default, imaging = load("default"), load("imaging")
    now = Settings("Acme", default, "starship", 7, "C0GENERAL", undelivered=3)
    first = settings.build(desk, now)
    sent = Filled({}, Meta(mark=Meta.load(first["private_metadata"]).mark))
    preview = Preview(default, imaging, "free", shifts(default, imaging, [Held("role", "admin", False, 2)]))
    return [settings.build_preview(desk, sent, preview), first]


def messages() -> list[Message]:
    return [organizations.page(a_page()), organizations.page(OrganizationPage(()))]
