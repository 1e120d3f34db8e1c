"""What black-box tests share: a running appliance, a customer's webhook receiver, recordings."""
