"""The accountant's desk (kế toán): what is owed back, what fits nothing, card slips, and the day's book."""
