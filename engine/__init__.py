"""Audio in, analysis out: torch and language models, never HTTP, queue, database or Qt."""
