"""What people see in Slack: one module for each view, with what builds it and what reads it side by side."""
