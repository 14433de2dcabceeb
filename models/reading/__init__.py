"""Reads the two sides as an officer does: what a measure covers and excludes, what a product line is and goes into."""
