"""Audio in, analysis out: torch and language models, never HTTP, queue, database or Qt."""

import engine.runtime.torch_environment  # noqa: F401  # before anything of ours loads torch
