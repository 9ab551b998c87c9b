"""The database that dbt works in, as OMD_DBT_TARGET names it."""
import contextlib
import os


def on_postgres():
    return os.environ["OMD_DBT_TARGET"] == "postgres"


def can_attach():
    """DuckDB attaches databases since 0.7, its adapter since dbt 1.4."""
    return "OMD_DUCKDB_ARCHIVE" in os.environ


@contextlib.contextmanager
def connect():
    """Gives a function that runs a statement and answers its rows."""
    if on_postgres():
        import psycopg2

        connection = psycopg2.connect(
            host="127.0.0.1", port=os.environ["OMD_POSTGRES_PORT"], user="dbt",
            password=os.environ["OMD_POSTGRES_PASSWORD"], dbname="market")
        connection.autocommit = True

        def execute(statement):
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
    else:
        import duckdb

        connection = duckdb.connect(os.environ["OMD_DUCKDB"])
        if can_attach():
            connection.execute(f"attach '{os.environ['OMD_DUCKDB_ARCHIVE']}' as archive")

        def execute(statement):
            return connection.execute(statement).fetchall()
    try:
        yield execute
    finally:
        connection.close()
