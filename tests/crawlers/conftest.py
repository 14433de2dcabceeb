"""Lets the tests of this room import the replay server and its helpers by name, and starts it for them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from replay import Replay


@pytest.fixture
def replay() -> Iterator[Replay]:
    """A source on the loopback interface, with no records and no faults yet."""
    with Replay() as server:
        yield server
