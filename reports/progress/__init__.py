"""The monthly note on the pilot's progress (试点工作进展): one page from the facts of the bulletin."""
