"""Who the bundle says it is: each way, where it ends, and what is never told."""
