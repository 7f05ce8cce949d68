"""The stored tables, one file a noun."""
