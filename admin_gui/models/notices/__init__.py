"""What the user is told of: troubles of the appliances, each once when it begins and once when it is over."""
