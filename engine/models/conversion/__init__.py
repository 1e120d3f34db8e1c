"""What other programs keep, made a Hugging Face folder in fp32: CTranslate2's Whisper, llama.cpp's GGUF."""
