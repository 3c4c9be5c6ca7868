"""The pictures of the committee edition, as numbers and words that a template draws in SVG.

Nothing here is markup: names from an estate reach the page through the same escape as any other text.  Each picture
has a title, a sentence that says what it shows, and a table beside it that says the same.
"""
