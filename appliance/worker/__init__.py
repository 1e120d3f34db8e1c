"""The worker process: recording in, analysis out. It never opens the database, and alone imports the engine."""
