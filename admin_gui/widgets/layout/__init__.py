"""How widgets lie beside each other: rows that wrap, two columns that become one."""
