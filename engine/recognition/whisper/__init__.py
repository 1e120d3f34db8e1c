"""Whisper behind the seam: encoder, decoder, beam search, batching over calls, word alignment."""
