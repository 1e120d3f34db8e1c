"""Requests and answers: the connection, TLS, errors, paging, long work that can be stopped."""
