"""One file per rule, named by its id: the list of the folder is the list of the rules (docs/adding-a-rule.md)."""
