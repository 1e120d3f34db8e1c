"""The OpenAPI document, made from the routes, the shapes and the errors themselves."""
