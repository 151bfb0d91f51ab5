"""What touches the machine: database, clock, randomness, background tasks, logs. Imports only `protocol`."""
