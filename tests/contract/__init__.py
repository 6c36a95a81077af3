"""Tests of the contracts: schemas, documents, and the emulator."""
