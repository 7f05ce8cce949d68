"""What is stored: tables, the ledger of events, and the transactions that write them."""
