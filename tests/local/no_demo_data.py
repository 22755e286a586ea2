"""Stands in for `local.demo_data` where the app has no data. Not a test."""
