"""One module per file format: bytes -> `Rendering`."""
