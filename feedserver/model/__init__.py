"""Pure values and tables of transitions. Standard library only."""
