"""What films show and say, from packets and a few dozen pictures."""
