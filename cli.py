"""The command line: arguments in, commands called, exit code out."""
