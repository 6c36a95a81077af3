"""One call over the wire: HTTPS within a deadline, its reply as a value."""
