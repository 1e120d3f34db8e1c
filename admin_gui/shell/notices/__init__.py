"""Telling the user what is wrong: notifications, the icon in the tray, and when there shall be quiet."""
