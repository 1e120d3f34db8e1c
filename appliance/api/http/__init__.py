"""What every route stands on: the server and its bounds, who is asking, bodies, queries, files, errors.

Flat, though there are fifteen: each is one thing that a request goes through, and most routes need most of them.
"""
