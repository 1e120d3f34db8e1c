"""Tables: rows by the hundred thousand, their filters, what is done with the chosen ones."""
