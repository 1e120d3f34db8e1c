"""What is going on at present, and what needs somebody."""
