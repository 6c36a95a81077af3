"""Tests of what others rely on: schemas, APIs, the emulated cloud."""
