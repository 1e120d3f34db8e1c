"""The list of deliveries, the endpoints, and the page of one delivery."""
