"""What the operator does at the command line beside starting Usher: tokens, webhooks, and checking the audit."""
