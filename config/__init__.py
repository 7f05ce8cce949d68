"""This edition's facts: dates, numbers, names and limits, read from files and the environment."""
