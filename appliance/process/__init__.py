"""What any process of ours needs to live among others: service manager, journal, children, sockets, last words."""
