"""One DAG starts the next by an asset (dataset): producer, two steps, consumer. (airflow dag)"""

from seed_imports import Asset, BashOperator, pipeline

RAW = Asset("s3://lake/raw/orders.parquet")
CLEAN = Asset("postgres://db.shop.example:5432/shop/public/orders")
MART = Asset("snowflake://acct.shop/ANALYTICS/PUBLIC/DAILY_ORDERS")
OTHER = Asset("s3://lake/raw/never-written.parquet")

with pipeline("chain_1_producer", default_args={"owner": "lake"}, tags=["chain"]):
    BashOperator(task_id="land", bash_command="echo land", outlets=[RAW])

with pipeline("chain_2_clean", schedule=[RAW], default_args={"owner": "lake"}, tags=["chain"]):
    BashOperator(task_id="clean", bash_command="echo clean", inlets=[RAW], outlets=[CLEAN])

with pipeline("chain_3_mart", schedule=[CLEAN], default_args={"owner": "marts"}, tags=["chain"]):
    BashOperator(task_id="build", bash_command="echo build", inlets=[CLEAN], outlets=[MART])

with pipeline("chain_4_consumer", schedule=[MART], default_args={"owner": "reports"}, tags=["chain"]):
    BashOperator(task_id="send", bash_command="echo send", inlets=[MART])

with pipeline("chain_either", schedule=(RAW | OTHER), paused=True, tags=["chain"]):
    BashOperator(task_id="wait", bash_command="echo wait", inlets=[RAW, OTHER])
