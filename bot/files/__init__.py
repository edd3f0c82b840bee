"""Files for people: calendar entries, codes to scan, lists to print, charts. Text in, bytes out."""
