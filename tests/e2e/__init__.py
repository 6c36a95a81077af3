"""The bundle from outside: settings and events in, documents out, real sockets."""
