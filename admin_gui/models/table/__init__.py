"""The rows of a table: columns, sorting, paging, export."""
