"""Sends events with OpenLineage's own Python client, as it is configured by OPENLINEAGE__TRANSPORT__*."""
import sys
import uuid
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Dataset, DatasetEvent, InputDataset, Job, JobEvent, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, error_message_run, job_type_job, parent_run, sql_job

database = "postgres://db.example:5432"
producer = "https://example.org/omd-systems"
client = OpenLineageClient()
times = iter(f"2026-02-03T04:05:{second:02d}.678901+00:00" for second in range(60))
loaves = InputDataset(database, "bakery.raw.loaves")
origin = column_lineage_dataset.InputField(database, "bakery.raw.loaves", "price")
revenue = OutputDataset(database, "bakery.mart.revenue", facets={
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={"amount": column_lineage_dataset.Fields(inputFields=[origin])})})


def job(name, kind, **facets):
    return Job("omd-systems", name, {"jobType": job_type_job.JobTypeJobFacet("BATCH", "AIRFLOW", kind), **facets})


def emit(state, run_id, of, inputs=(), outputs=(), **facets):
    client.emit(RunEvent(eventType=state, eventTime=next(times), run=Run(run_id, facets), job=of, producer=producer,
                         inputs=list(inputs), outputs=list(outputs)))


def bake(seed, last):
    dag, task = (str(uuid.uuid5(uuid.NAMESPACE_URL, f"{seed}/{what}")) for what in ("dag", "task"))
    parent = {"parent": parent_run.ParentRunFacet(parent_run.Run(dag), parent_run.Job("omd-systems", "bake"))}
    sold = job("bake.sum_up", "TASK", sql=sql_job.SQLJobFacet("insert into mart.revenue select sum(price) from raw.loaves"))
    emit(RunState.START, dag, job("bake", "DAG"))
    emit(RunState.START, task, sold, [loaves], [revenue], **parent)
    if last == RunState.COMPLETE:
        emit(last, task, sold, **parent)
    else:
        emit(last, task, sold, **parent, errorMessage=error_message_run.ErrorMessageRunFacet("out of flour", "python"))
    emit(last, dag, job("bake", "DAG"))


bake("first", RunState.COMPLETE)
bake("second", RunState.FAIL)
client.emit(JobEvent(eventTime=next(times), job=Job("omd-systems", "nightly copy"), producer=producer,
                     inputs=[loaves], outputs=[OutputDataset(database, "bakery.lost.nowhere")]))
client.emit(DatasetEvent(eventTime=next(times), dataset=Dataset(database, "bakery.raw.loaves"), producer=producer))
client.close()
