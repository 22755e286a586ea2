"""Commands for operators: `python -m adapters.commands.<name>`, with the app settings in the environment."""
