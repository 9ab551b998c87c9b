"""As many DAGs of five tasks as many.json beside this file says. (airflow dag)"""

import json
from pathlib import Path

from seed_imports import EmptyOperator, pipeline

wanted = json.loads((Path(__file__).parent / "many.json").read_text())
for number in range(wanted["dags"]):
    with pipeline(f"many_{number:04d}", paused=wanted["runs"] == 0, tags=["many"], default_args={"owner": f"team-{number % 7}"}) as dag:
        before = None
        for step in range(5):
            current = EmptyOperator(task_id=f"step_{step}")
            if before is not None:
                before >> current
            before = current
    globals()[dag.dag_id] = dag
