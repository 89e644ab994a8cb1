"""A link as a QR code that a phone's camera reads from a screen."""

import segno


def svg(address: str) -> str:
    """Inline SVG, always dark on light with the quiet margin that readers need. Its colours are
    attributes: the content security policy forbids styles."""
    code = segno.make(address, micro=False, error="m")
    return code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
