"""A second count: a program that shares no code with the first and must reach the same list."""
