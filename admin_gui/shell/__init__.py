"""What holds the pages: the window with its sidebar, header and status line, and how it starts and ends."""
