"""Tests, and the emulated cloud that they run against."""
