"""One source = one card (`NAME.toml`) + one module (`NAME.py` with a class `Spider`) + frozen samples in the tests."""
