"""What the office does, as verbs; the one place that moves an application."""
