"""What providers say became of a message: one module each, with its table of events."""
