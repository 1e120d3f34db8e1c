"""DuckDB's two files as bytes: blocks, log frames, checksums, and whether one of them is damaged."""
