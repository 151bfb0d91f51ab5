"""The product: one folder a domain, each of the same shape."""
