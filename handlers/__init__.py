"""The front door of what Usher does: commands in, outcomes out, read models to look at.

``open_usher`` (in ``handlers.house``) puts the parts together; doors import names from the modules beside it.
"""
