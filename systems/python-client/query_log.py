"""Writes a query log of today: query_log.py FILE"""

import csv
import sys
from datetime import datetime, timezone

QUERIES = [
    ("ann", "SELECT name FROM customers WHERE id = 1"),
    ("ann", "SELECT c.name, o.amount FROM customers c JOIN orders o ON c.id = o.customer_id"),
    ("ben", "SELECT amount FROM orders"),
    ("ben", "INSERT INTO daily_sales SELECT date(placed_at) AS day, amount FROM orders"),
]

if __name__ == "__main__":
    day = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    with open(sys.argv[1], "w", encoding="utf-8", newline="") as out:
        log = csv.writer(out)
        log.writerow(["query_text", "database_name", "schema_name", "user_name", "start_time", "end_time", "duration"])
        for at, (user, query) in enumerate(QUERIES):
            log.writerow([query, "shop", "main", user, f"{day} 00:0{at}:00.000000", f"{day} 00:0{at}:01.000000", 1000])
