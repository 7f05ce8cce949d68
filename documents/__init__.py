"""The four uploaded files, read into facts and findings."""
