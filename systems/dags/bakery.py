"""Groups in groups, several owners, documentation on the DAG and on a task, inlets and outlets. (airflow dag)"""

from seed_imports import Asset, BashOperator, EmptyOperator, TaskGroup, pipeline

FLOUR = Asset("s3://mill/raw/flour.parquet")
OVENS = Asset("postgres://db.bakery.example:5432/bakery/public/ovens")
LOAVES = Asset("postgres://db.bakery.example:5432/bakery/public/loaves", extra={"team": "bakers"})

with pipeline(
    "bakery_daily",
    schedule="15 4 * * *",
    description="Bakes the bread of the day",
    doc_md="# Bakery\n\nBakes *bread* at 04:15, see [the shop](https://bakery.example/shop).",
    default_args={"owner": "bakers"},
    tags=["bakery", "tier1", "PII"],
):
    open_shop = EmptyOperator(task_id="open_shop")
    with TaskGroup("prepare", tooltip="everything before the oven") as prepare:
        flour = BashOperator(task_id="flour", bash_command="echo flour", outlets=[FLOUR], doc_md="Sieves the **flour**.")
        with TaskGroup("ovens") as ovens:
            heat = BashOperator(task_id="heat", bash_command="echo heat", owner="stokers", outlets=[OVENS])
            clean = BashOperator(task_id="clean", bash_command="echo clean", owner="stokers")
            clean >> heat
    bake = BashOperator(task_id="bake", bash_command="echo bake", inlets=[FLOUR, OVENS], outlets=[LOAVES])
    close_shop = EmptyOperator(task_id="close_shop", trigger_rule="all_done", owner="keepers")
    open_shop >> prepare >> bake >> close_shop

with pipeline("bakery_shared", default_args={"owner": "alice,bob"}, tags=["bakery"], doc_md="Two people own this."):
    EmptyOperator(task_id="meet") >> EmptyOperator(task_id="agree", owner="carol@example.invalid")
