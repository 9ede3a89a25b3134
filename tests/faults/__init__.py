"""The crash-point harness: every call to the outside fails once in every way, and nothing may be lost."""
