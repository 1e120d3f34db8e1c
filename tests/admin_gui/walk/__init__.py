"""A whole day at the desktop, walked by mouse and keys alone, with a picture of each step."""
