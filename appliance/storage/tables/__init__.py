"""The tables of the database: queries and statements, inside whoever's transaction.

More than 14 modules: one for each table, and for each way of reading one, looked up by its name.
"""
