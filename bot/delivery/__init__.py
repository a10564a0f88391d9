"""Takes what follows a change from the outbox to Slack and mail: at least once, in order for each receiver."""
