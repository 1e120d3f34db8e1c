"""The call in a few of its clauses, or in a summarizer's own words."""
