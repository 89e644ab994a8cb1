"""Scanners against the running application, with planted holes that they must find."""
