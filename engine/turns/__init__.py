"""Who is on which channel of a recording, and when somebody speaks."""
