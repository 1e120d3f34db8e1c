"""What every route stands on: the server and its bounds, who is asking, bodies, queries, files, errors."""
