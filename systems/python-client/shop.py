"""Makes the database that the workflows read: shop.py FILE [--without TABLE]

Keys, constraints, odd names, and views upon views. Running it again makes the same database anew.
"""

import os
import sqlite3
import sys

TABLES = {
    "customers": """CREATE TABLE customers (
        id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, email VARCHAR(120) UNIQUE, born DATE, note TEXT)""",
    "orders": """CREATE TABLE orders (
        id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id), amount DECIMAL(10, 2), placed_at TIMESTAMP)""",
    "order lines": """CREATE TABLE "order lines" (
        order_id INTEGER NOT NULL REFERENCES orders(id), "line.no" INTEGER NOT NULL, article VARCHAR(40), PRIMARY KEY (order_id, "line.no"))""",
    "größen": 'CREATE TABLE "größen" (kürzel VARCHAR(3) NOT NULL, cm REAL)',
    "sales.archive": 'CREATE TABLE "sales.archive" (id INTEGER PRIMARY KEY)',
    "coupons": "CREATE TABLE coupons (code VARCHAR(12) PRIMARY KEY, percent INTEGER)",
    "daily_sales": "CREATE TABLE daily_sales (day DATE, amount DECIMAL(12, 2))",
}
VIEWS = {
    "customer_orders": """CREATE VIEW customer_orders AS
        SELECT c.name AS customer, o.amount AS amount, o.placed_at AS placed_at FROM customers c JOIN orders o ON o.customer_id = c.id""",
    "big_spenders": "CREATE VIEW big_spenders AS SELECT customer, amount FROM customer_orders WHERE amount > 100",
}
ROWS = {
    "customers": [(1, "Ann", "ann@example.com", "1980-02-01", None), (2, "Ben", "ben@example.com", "1991-07-30", "x"), (3, "Cleo", None, None, None)],
    "orders": [(n, 1 + n % 2, 10.5 * n, f"2026-03-{1 + n % 28:02d} 10:00:00") for n in range(1, 41)],
    "order lines": [(n, line, f"article {line}") for n in range(1, 11) for line in (1, 2)],
    "größen": [("S", 88.0), ("M", 96.5), ("L", 104.0)],
    "sales.archive": [(1,)],
    "coupons": [("TEN", 10)],
    "daily_sales": [("2026-03-02", 31.5)],
}  # fmt: skip


def make(file, without):
    if os.path.exists(file):
        os.remove(file)
    connection = sqlite3.connect(file)
    for name, statement in TABLES.items():
        if name not in without:
            connection.execute(statement)
            rows = ROWS[name]
            connection.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
    for statement in VIEWS.values():
        connection.execute(statement)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    make(sys.argv[1], sys.argv[3:] if sys.argv[2:3] == ["--without"] else [])
