"""Letters: what they say, when they are due, how they leave."""
