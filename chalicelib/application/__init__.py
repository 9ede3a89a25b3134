"""What Vigie does: load, decide, write in one transaction, ring. Ports say what it needs of the world."""
