"""The tables of the database, a module each: queries and statements, inside whoever's transaction."""
