"""The revisions of a call: their list, and two of them compared."""
