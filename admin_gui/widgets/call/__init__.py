"""What a call is heard and read with: its waveform, the buttons of its player, its conversation."""
