"""A webhook endpoint in words: how it fares, and the certificate that it shows."""
