"""Renderers of one document: HTML, Word, PDF. None of them knows what a notification is."""
