"""The outside web: every request that leaves this program goes through here."""
