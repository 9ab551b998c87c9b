"""Runs that end in every state: failed, upstream_failed, skipped, and one task many times. (airflow dag)"""

from seed_imports import BranchPythonOperator, EmptyOperator, PythonOperator, pipeline, task


def explode():
    raise RuntimeError("this task fails on purpose")


with pipeline("outcome_failing", default_args={"owner": "alice,bob"}, tags=["outcomes"]):
    choose = BranchPythonOperator(task_id="choose", python_callable=lambda: "explodes")
    explodes = PythonOperator(task_id="explodes", python_callable=explode)
    after = EmptyOperator(task_id="after_it")
    choose >> [explodes, EmptyOperator(task_id="not_chosen")]
    explodes >> after

with pipeline("outcome_branch", tags=["outcomes"]):
    fork = BranchPythonOperator(task_id="fork", python_callable=lambda: "left")
    join = EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
    for side in ("left", "right"):
        fork >> EmptyOperator(task_id=side) >> join

with pipeline("outcome_mapped", tags=["outcomes"]):

    @task
    def numbers():
        return [2, 3, 5]

    @task
    def double(number):
        return number * 2

    @task
    def add(values):
        return sum(values)

    add(double.expand(number=numbers()))
