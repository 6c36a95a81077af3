"""What the Makefile starts: the bundle tried out on a laptop."""
