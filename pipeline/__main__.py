"""`python -P -m pipeline`: the same as the console script."""

from __future__ import annotations

from pipeline.cli import main

main()
