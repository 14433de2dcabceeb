"""Learns the head from labelled pairs, checks it by cross-validation, and measures matches against labels."""
