"""Reads WTO notification documents (.docx, .pdf): boxes by their label, in English, French and Spanish."""
