"""What a process logs: at which level, about which call, for the journal, and kept for an administrator's window."""
