"""The measured servers: set up, started, watched and stopped the same way."""
