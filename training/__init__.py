"""Training of the reader in ``qa.reading``: data, training, calibration, export (docs/reader.md)."""
