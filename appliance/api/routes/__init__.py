"""Who answers what: a module for each path or group of paths.

More than 14 modules: a route is looked for by the name of its path.
"""
