"""What tests and benchmarks share: an encoder without a model, small articles, servers and browsers."""
