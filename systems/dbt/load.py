"""Makes the tables that dbt only reads: its sources. Freshness is seen from now."""
import datetime

from database import connect

now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)


def ago(**age):
    return (now - datetime.timedelta(**age)).isoformat(sep=" ")


statements = [
    "create schema raw_till",
    'create table raw_till."Sales 2026" (id integer, customer_id integer, "Country" varchar(2), amount numeric(10, 2),'
    " sold_at timestamp, loaded_at timestamp)",
    *[
        f"""insert into raw_till."Sales 2026" values ({number}, {customer}, '{country}', {amount},
        timestamp '2026-02-0{day} 10:00:00', timestamp '{ago(minutes=1)}')"""
        for number, customer, country, amount, day in [
            (1, 1, "DE", "12.50", 1), (2, 2, "FR", "80.00", 1), (3, 1, "CH", "60.25", 2), (4, 4, "DE", "7.00", 3),
        ]
    ],
    "create table raw_till.customers_v3 (customer_id integer, full_name varchar(80), e_mail varchar(120), loaded_at timestamp)",
    *[
        f"insert into raw_till.customers_v3 values ({number}, '{name}', {mail}, timestamp '{ago(days=2)}')"
        for number, name, mail in [(1, "Ana", "'ana@example.org'"), (2, "Bob", "'bob@example.org'"), (4, "Zoë", "null")]
    ],
    'create table raw_till."deliveries.2026" (id integer, loaded_at timestamp)',
    f"insert into raw_till.\"deliveries.2026\" values (1, timestamp '{ago(days=60)}')",
    'create table raw_till."Ermäßigungen" ("Größe" varchar(10), "percent off" double precision, active boolean)',
]

with connect() as execute:
    for statement in statements:
        execute(statement)
