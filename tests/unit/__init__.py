"""Tests of one module each: plain values in, plain values out."""
