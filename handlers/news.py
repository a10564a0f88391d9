"""What a product tells those on a list, as it is when it is sent."""

from handlers.letters import Letters, recipient
from handlers.models import NewsLetter
from handlers.notices import ResourceNews
from storage import organizations, recipients, resource_lists


class News(Letters):
    async def news_letter(self, notice: ResourceNews) -> NewsLetter | None:
        """None: the resource is gone, or whoever was to be told is not there any more."""
        async with self._store.reading() as connection:
            found = await resource_lists.find(connection, notice.resource)
            organization = await organizations.find(connection, found.organization) if found else None
            if found is None or organization is None:
                return None
            member = await self._member(connection, organization.id, notice.to) if notice.to else None
            email = await recipients.address(connection, notice.share, found.id) if notice.share else None
        if notice.to and (member is None or member.status != "active"):
            return None
        if not member and not email:
            return None
        kind = self._catalogue(organization).kinds.get(found.kind)
        return NewsLetter(
            to=recipient(member) if member else None,
            email=member.email if member else email or "",
            organization=organization.name,
            kind=kind.title if kind else found.kind,
            name=found.name,
            text=notice.text,
        )
