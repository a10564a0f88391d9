"""A small catalogue that has one of everything."""

TINY = """\
title = "Tiny"

[plans]
order = ["free", "gold"]
also = { golden = "gold" }
at_setup = "free"
features = { digest = "gold" }

[permissions]
both = ["paints:mix"]

[sets]
look = ["paints:mix"]

[organization.roles.boss]
rank = 2
first = true
grants = ["*"]
reaches = ["everything"]
in_spaces = ["*"]
resources = ["*"]
gives = ["boss", "clerk", "guest"]
acts_on = ["boss", "clerk", "guest"]

[organization.roles.clerk]
rank = 1
grants = ["@look", "members:{list,invite}"]
reaches = ["listed"]
gives = ["guest"]
acts_on = ["guest"]

[organization.roles.guest]
rank = 0
reaches = ["invited"]
in_space_at_most = "viewer"

[organization.needs]
export = "members:edit"

[space.roles.owner]
rank = 1
first = true
grants = ["*"]
gives = ["owner", "viewer"]
acts_on = ["owner", "viewer"]

[space.roles.viewer]
rank = 0
grants = ["space:read"]

[kinds]
picture = { actions = ["view", "paint"], owned = true }

[addons]
on_space = ["viewer"]
each.mixer = { title = "Mixer", opens = ["paints:mix"] }

[toggles.colours]
title = "Colours"
text = "Paint in colours."
on_for = ["boss"]
settable_for = ["boss", "clerk"]
plan = "gold"
needed_for = ["picture:paint"]

[datasets]
kind = "picture"
always_full = ["boss"]
every_control = ["clerk"]
ai_chat_only = []

[rules]
password_reset = "link"
invitation_life = "7d"
request_life = "72h"
organization_role_required = true
guests = true
notify_only_addresses = true
share_by_email = false
deletes_own_data = true

[privileged]
lines = [
  { changes = ["invite"], when = ["result manages members"], approvals = 1, code = true },
  { changes = ["import"], rows_over = 25, approvals = 1, code = false },
]
"""
