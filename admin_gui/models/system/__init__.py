"""What the tabs about the appliance itself show."""
