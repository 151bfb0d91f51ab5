"""The composition root: settings in, a running server out. The only place that names adapters."""
