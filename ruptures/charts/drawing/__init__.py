"""Where everything stands in the SVG of a chart. Python places, the template draws.

Coordinates are texts, so that no template localises a decimal point.
"""
