"""The door for people: pages for applicants, endorsers, experts, the office and the public."""
