"""The contract between the rooms, and the database: records, schema, SQL, load, build, query, check, publish."""
