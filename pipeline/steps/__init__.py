"""One module a step: from what is stored to what is stored, may be run again at any time, does only what is new."""
