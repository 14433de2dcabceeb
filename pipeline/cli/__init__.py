"""The command line: `tbtwatch`. English verbs, Chinese help and messages; everything heavy is imported when needed."""

from __future__ import annotations


def main() -> None:
    """Entry point of the console script."""
    from pipeline.cli.app import run

    run()
