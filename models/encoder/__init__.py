"""Text to unit vectors: the embedded encoder, a hashing stand-in for tests, and a cache by content."""
