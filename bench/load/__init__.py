"""The load generator: a small HTTP/1.1 client, the Matrix calls it makes, the town it builds."""
