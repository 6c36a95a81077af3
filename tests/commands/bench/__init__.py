"""How fast it is, beside bare posts, beside the vendor's SDK, and beside the ideal.

Both sides of a figure do the same work on the same machine in turn, so that what
counts, their ratio, depends little on the machine and on what else it does.
"""
