"""The Word and Excel papers that the office prints, seals and files."""
