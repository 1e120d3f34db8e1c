"""Whisper's decoder for accelerators: texts in fixed slots, searched for on the device itself.

What `beam_search` does text by text in Python, here is the same for all slots at once, in operators of fixed shapes
that never wait for the host. It looks every few steps only, takes out what is done and puts in what waits.
"""
