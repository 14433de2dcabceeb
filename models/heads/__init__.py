"""Learned heads as readable JSON."""
