"""Sends one call over HTTPS within a deadline, and returns the reply as a value."""
