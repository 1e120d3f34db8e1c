"""What is kept: the DuckDB file (opened here and nowhere else), its repositories, recordings and keys on disk."""
