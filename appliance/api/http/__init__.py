"""What every route stands on: the server and its bounds, who is asking, bodies, queries, files, errors.

More than 14 modules: each is one part of HTTP, by its name in the standard.
"""
