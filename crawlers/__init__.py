"""Fetching and parsing of sources into landing files."""
