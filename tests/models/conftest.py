"""Matchers for the tests of matching."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models.encoder.hashing import HashEmbedder
from models.matching import Matcher, load_head, load_policy

sys.path.insert(0, str(Path(__file__).parent))

from matching_pairs import BY_HAND


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """With the bundled head."""
    return Matcher(HashEmbedder(), load_head(), load_policy())


@pytest.fixture(scope="module")
def by_hand() -> Matcher:
    """With a head that everybody can follow."""
    return Matcher(HashEmbedder(), BY_HAND, load_policy())
