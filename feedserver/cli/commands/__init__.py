"""What one may type: each command's words, options and examples. What is done stands beside it.

These modules import what does the work when it is wanted, so that help is there at once.
"""
