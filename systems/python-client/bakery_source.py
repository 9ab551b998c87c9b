"""A pipeline source in a file, as users write them: two pipelines with tasks, tags, runs and lineage between tables."""

from datetime import datetime

from metadata.generated.schema.api.classification.createClassification import CreateClassificationRequest
from metadata.generated.schema.api.classification.createTag import CreateTagRequest
from metadata.generated.schema.api.data.createPipeline import CreatePipelineRequest
from metadata.generated.schema.api.lineage.addLineage import AddLineageRequest
from metadata.generated.schema.entity.data.pipeline import Pipeline, PipelineStatus, StatusType, Task, TaskStatus
from metadata.generated.schema.entity.data.table import Table
from metadata.generated.schema.metadataIngestion.workflow import Source as WorkflowSource
from metadata.generated.schema.type.basic import SourceUrl, Timestamp
from metadata.generated.schema.type.entityLineage import EntitiesEdge, LineageDetails
from metadata.generated.schema.type.entityLineage import Source as LineageOrigin
from metadata.generated.schema.type.entityReference import EntityReference
from metadata.generated.schema.type.tagLabel import LabelType, State, TagLabel, TagSource
from metadata.ingestion.api.models import Either
from metadata.ingestion.models.ometa_classification import OMetaTagAndClassification
from metadata.ingestion.models.pipeline_status import OMetaPipelineStatus
from metadata.ingestion.source.pipeline.pipeline_service import PipelineServiceSource
from metadata.utils import fqn

TODAY = datetime.now().strftime("%Y-%m-%d")
PIPELINES = {
    "sales.daily": {
        "tasks": {"read": ["sum up"], "sum up": ["write/out"], "write/out": []},
        "reads": ["orders"],
        "writes": "daily_sales",
        "runs": [(1772424000000, "Successful"), (1772510400000, "Failed")],
    },
    "bread": {"tasks": {"knead": ["bake"], "bake": []}, "reads": [], "writes": None, "runs": []},
}
STATES = {"Successful": StatusType.Successful, "Failed": StatusType.Failed}


def get_connection(connection):
    """The client asks the class's module for it; there is nothing to connect to."""
    return connection


class BakerySource(PipelineServiceSource):
    @classmethod
    def create(cls, config_dict, metadata, pipeline_name=None):
        return cls(WorkflowSource.model_validate(config_dict), metadata)

    def __init__(self, config, metadata):
        super().__init__(config, metadata)
        self.tables = config.serviceConnection.root.config.connectionOptions.root["tables"]

    def test_connection(self):
        """There is nothing to connect to."""

    def get_pipelines_list(self):
        return list(PIPELINES.items())

    def get_pipeline_name(self, pipeline_details):
        return pipeline_details[0]

    def yield_tag(self, pipeline_details):
        yield Either(
            right=OMetaTagAndClassification(
                classification_request=CreateClassificationRequest(name="Bakery", description="Words of the bakery"),
                tag_request=CreateTagRequest(classification="Bakery", name="fresh", description="From today"),
            )
        )

    def yield_pipeline(self, pipeline_details):
        name, content = pipeline_details
        request = CreatePipelineRequest(
            name=name,
            displayName=name.title(),
            description=f"Makes {name}",
            sourceUrl=SourceUrl(f"http://bakery.example/{name}"),
            scheduleInterval="0 4 * * *",
            service=self.context.get().pipeline_service,
            tags=[
                TagLabel(tagFQN="Bakery.fresh", source=TagSource.Classification, labelType=LabelType.Automated, state=State.Confirmed)
            ],
            tasks=[
                Task(name=task, displayName=task, downstreamTasks=after, taskType="Hand", startDate=f"{TODAY}T00:00:00Z")
                for task, after in content["tasks"].items()
            ],
        )
        yield Either(right=request)
        self.register_record(pipeline_request=request)

    def _pipeline_fqn(self):
        context = self.context.get()
        return fqn.build(self.metadata, Pipeline, service_name=context.pipeline_service, pipeline_name=context.pipeline)

    def yield_pipeline_status(self, pipeline_details):
        _, content = pipeline_details
        for at, state in content["runs"]:
            tasks = [
                TaskStatus(name=task, executionStatus=STATES[state], startTime=Timestamp(at), endTime=Timestamp(at + 60000))
                for task in content["tasks"]
            ]
            yield Either(
                right=OMetaPipelineStatus(
                    pipeline_fqn=self._pipeline_fqn(),
                    pipeline_status=PipelineStatus(timestamp=Timestamp(at), executionStatus=STATES[state], taskStatus=tasks),
                )
            )

    def yield_pipeline_lineage_details(self, pipeline_details):
        _, content = pipeline_details
        pipeline = self.metadata.get_by_name(entity=Pipeline, fqn=self._pipeline_fqn())
        for read in content["reads"]:
            ends = [self._table(read), self._table(content["writes"])]
            if None in ends:
                raise ValueError(f"no table for {pipeline_details[0]}")
            source, target = (EntityReference(id=table.id, type="table") for table in ends)
            details = LineageDetails(
                pipeline=EntityReference(id=pipeline.id, type="pipeline"), source=LineageOrigin.PipelineLineage
            )
            yield Either(
                right=AddLineageRequest(edge=EntitiesEdge(fromEntity=source, toEntity=target, lineageDetails=details))
            )

    def _table(self, name):
        table_fqn = fqn.build(
            self.metadata, Table, service_name=self.tables, database_name="shop", schema_name="main", table_name=name
        )
        return self.metadata.get_by_name(entity=Table, fqn=table_fqn)
