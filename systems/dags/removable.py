"""Taken away by `airflow.sh drop-dag`: what a catalog must then mark deleted. (airflow dag)"""

from seed_imports import EmptyOperator, pipeline

with pipeline("omd_removable", tags=["removable"]):
    EmptyOperator(task_id="here") >> EmptyOperator(task_id="today")
