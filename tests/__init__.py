"""Tests, and the emulator that they run against."""
