"""The door for time: what is due, when it ran and how it went."""
