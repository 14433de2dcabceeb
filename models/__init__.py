"""Text to scores with evidence: the encoder and the matcher."""
