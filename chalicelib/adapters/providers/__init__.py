"""Those who carry messages: one module each, with its table of codes."""
