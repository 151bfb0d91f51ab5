"""The Client-Server API, one file per section of the specification."""
