"""Commands for operators: `python -m adapters.commands.<name>`. They read the app settings from the environment."""
