"""The HTTP api: a route parses, calls a service, replies. Errors are translated once, in `http.handler`."""
