"""Reads the amounts on scanned receipts."""
