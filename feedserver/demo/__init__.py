"""A newsroom to try: outlets that the program plays on loopback, and their script."""
