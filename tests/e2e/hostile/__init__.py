"""Malicious and malformed replies, and the limits within which they are handled."""
