"""End-to-end tests: settings and events in, documents out, over real sockets."""
