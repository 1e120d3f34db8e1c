"""The desktop program as a screen reader meets it: another process, over AT-SPI on D-Bus."""
