"""Tests of the bundle and both templates with the platforms' own tools."""
