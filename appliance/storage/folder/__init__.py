"""The data folder beside its database: its layout, its lock, keys, recordings, backups."""
