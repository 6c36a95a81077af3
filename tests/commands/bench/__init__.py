"""Benchmarks against bare HTTP posts, the vendor's SDK and the theoretical optimum.

Both sides of a comparison do the same work alternately on the same machine, so that
their ratio depends little on the machine and on its load.
"""
