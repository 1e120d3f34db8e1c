"""The customers, and whether their PBXs still send calls."""
