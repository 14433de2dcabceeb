"""Matching policies: numbers that a person may read and question."""
