"""The workbook in which officers translate titles: written by `titles export`, read by `titles import`."""
