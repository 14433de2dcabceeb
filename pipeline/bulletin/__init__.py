"""Makes the records of the bulletin out of rows: counting, grouping, the state of the clocks."""
