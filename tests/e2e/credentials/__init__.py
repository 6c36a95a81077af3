"""Credentials: each kind, its precedence, its errors, and the secrecy of its values."""
