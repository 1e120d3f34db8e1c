"""The HTTP api: a handler parses, calls a service, replies. Errors are translated once, in `base`."""
