"""The doors on the web: pages for people, health for machines. A page holds no rule; the gate behind it does."""
