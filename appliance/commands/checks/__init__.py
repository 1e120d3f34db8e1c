"""What `vbot doctor` looks at, a module a subject."""
