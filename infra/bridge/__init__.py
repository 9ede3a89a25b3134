"""The door for MLLP: a small service that runs at the hospital, and puts every message on its queue."""
