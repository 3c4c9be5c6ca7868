"""The words of the field: what every other package speaks, and nothing of how they work.

Every arrow of the project points here; this package imports nothing of ours from elsewhere,
opens no network connection, reads no clock, and touches no file except through ``model.reading``.
"""
