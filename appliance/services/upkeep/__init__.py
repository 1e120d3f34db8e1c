"""The data folder and what is in it: first boot, backups, restore, repair, tidying."""
