"""Outcomes, refusals and notices in words: the one place where Usher's sentences stand."""
