"""What `vbot demo` shows: a real recorded telephone conversation, and a customer's server that receives its webhook."""
