"""Scores, their order and who may give them: exact, pure, without a database."""
