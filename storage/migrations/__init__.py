"""How databases get from one version to the next."""


class ExtensionMissing(Exception):  # noqa: N818 - the server's lack, not a mistake
    """PostgreSQL has no ``pg_trgm`` here, or does not let this role make it."""
