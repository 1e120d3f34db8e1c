"""Between the database and the queue, in the api process: calls go out to the workers, their reports come in."""
