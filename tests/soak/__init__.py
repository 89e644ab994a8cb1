"""A clinic under load while one thing after another breaks: `python -m tests.soak`, `make soak`."""
