"""The api process: the parts put together, the sockets it listens on, its start and its end."""
