"""The ports on Azure and on the operating system. No rules."""
