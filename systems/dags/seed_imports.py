"""What the seed files need of Airflow, under one name in 2.10, 2.11 and 3.x. Holds no pipeline of its own."""

from __future__ import annotations

from datetime import datetime, timezone

try:
    from airflow.sdk import DAG, Asset, TaskGroup, task

    AIRFLOW_3 = True
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import task
    from airflow.models.dag import DAG
    from airflow.utils.task_group import TaskGroup

    AIRFLOW_3 = False

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator, PythonOperator

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def pipeline(dag_id: str, schedule=None, paused: bool = False, **more) -> DAG:
    """A DAG that catches up nothing and retries nothing."""
    more["default_args"] = {"retries": 0, **more.get("default_args", {})}
    return DAG(
        dag_id=dag_id, schedule=schedule, start_date=BEGIN, catchup=False, is_paused_upon_creation=paused, max_active_runs=4, **more
    )


__all__ = [
    "AIRFLOW_3",
    "Asset",
    "BashOperator",
    "BEGIN",
    "BranchPythonOperator",
    "DAG",
    "EmptyOperator",
    "PythonOperator",
    "TaskGroup",
    "pipeline",
    "task",
]
