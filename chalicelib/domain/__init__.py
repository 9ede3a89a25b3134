"""What Vigie believes about care, as pure values and functions: no clock, no randomness, no I/O."""
