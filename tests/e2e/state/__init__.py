"""One long random life of the entries, and what holds at every moment of it."""
