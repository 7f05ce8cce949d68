"""The lifecycle of an application, pure: given facts and an instant, what may happen."""
