"""Clouds that mean harm: what they can do to a function, and what they cannot."""
