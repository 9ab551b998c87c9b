"""Names that need quoting or encoding somewhere. (airflow dag)"""

from seed_imports import EmptyOperator, TaskGroup, pipeline

with pipeline(
    "names.with-dots.and-dashes",
    schedule="*/15 * * * *",
    paused=True,
    description='a "quote", <b>markup</b>, naïve 日本, and a \\ backslash',
    tags=["with space", "a/b", "v1.2", "größe"],
):
    EmptyOperator(task_id="step-1.part_a") >> EmptyOperator(task_id="step_2")

with pipeline("names_größe.日本", tags=["größe"], default_args={"owner": "Jürgen Groß"}):
    with TaskGroup("gruppe_ä"):
        EmptyOperator(task_id="straße")

with pipeline("names_display", dag_display_name="Sales / EMEA: daily load", tags=["names"]):
    EmptyOperator(task_id="first", task_display_name="First step (of / two)") >> EmptyOperator(task_id="second")
