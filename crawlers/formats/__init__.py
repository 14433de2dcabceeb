"""Readers of the file forms in which notifications arrive; each yields `Observation` and `Issue` records one by one."""
