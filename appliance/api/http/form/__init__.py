"""The form in which a call is uploaded: its fields, and its parser."""
