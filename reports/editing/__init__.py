"""What officers write into an issue: the workbook of texts, and the Word draft read back."""
