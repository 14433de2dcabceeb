"""Intake of what a city office keeps itself: the exporters' list as .csv or .xlsx."""
