"""Tests of individual modules, by input and output values."""
