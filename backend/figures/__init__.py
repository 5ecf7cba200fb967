"""What the whole system achieves, in tables: for operators, for the province's IOC, and for everybody."""
