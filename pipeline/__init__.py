"""Composition root: command line, settings, clock, run ledger, steps, delivery."""
