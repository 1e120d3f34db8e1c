"""What the appliance says, which speaks English alone, in the user's language: its sentences as templates."""
