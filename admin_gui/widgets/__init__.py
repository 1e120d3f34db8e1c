"""What pages are built of: none of these knows a page."""
