"""How soon a client can mark the form on a slow tablet, and how accessible it is, by Lighthouse."""
