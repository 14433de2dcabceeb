"""Records to documents: bulletin, mail, pages. No database, no clock."""
