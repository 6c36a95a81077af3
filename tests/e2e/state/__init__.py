"""A randomized state machine that drives all entries and checks invariants."""
