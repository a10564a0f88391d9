"""The flows: what each command does, inside the one transaction that the gate opened."""
