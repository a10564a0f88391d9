"""Looking at groups and resources, and what is told of them."""

from handlers.group_queries import GroupQueries
from handlers.news import News
from handlers.resource_queries import ResourceQueries


class ThingQueries(GroupQueries, ResourceQueries, News):
    """All together, for ``Queries``."""
