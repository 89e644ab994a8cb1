"""The detector: histories in, findings and episodes of possible strain out.

No Django, no clock, no input or output but in `__main__` and `simulate`.
"""
