"""Measurements that can be repeated, each beside its peers; nothing in here passes or fails.

``python -m bench`` takes all of them, ``python -m bench.poll --help`` tells of one. Absolute rates
move with the machine and with what else it does: trust CPU-seconds, and ratios within one run.
"""
