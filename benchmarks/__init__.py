"""How fast the pages and the detector are, as ratios within one run."""
