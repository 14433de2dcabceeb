"""The workbook in which officers judge open cases with Excel or WPS: written by `triage export`, read by its import."""
