"""Black-box tests: the console script and HTTP, nothing else."""
