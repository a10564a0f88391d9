"""How long a test waits for what must come: as long as the slowest machine may need, since only a failure takes it
whole."""

PATIENCE = 30.0
