"""Vigie: looks after people before and after an operation."""
