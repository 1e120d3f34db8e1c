"""The vBot appliance: api, worker and operator's commands."""

__version__ = "1.0.0"
