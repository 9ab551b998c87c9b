"""One DAG for each kind of schedule. (airflow dag)"""

from datetime import timedelta

from seed_imports import EmptyOperator, pipeline

for suffix, schedule, paused in [
    ("hourly", "@hourly", False),
    ("cron", "0 6 * * 1-5", True),
    ("timedelta", timedelta(hours=3, minutes=30), True),
    ("once", "@once", True),
    ("none", None, False),
]:
    with pipeline(f"schedule_{suffix}", schedule=schedule, paused=paused, tags=["schedules"]) as dag:
        EmptyOperator(task_id="tick")
    globals()[dag.dag_id] = dag

with pipeline("schedule_paused_bare", schedule="@daily", paused=True):
    EmptyOperator(task_id="only")
