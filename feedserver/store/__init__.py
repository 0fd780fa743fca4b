"""All SQL: one module for each family of tables, one driver for each database."""
