"""The newsroom's folder and the environment, read and checked as a whole."""
