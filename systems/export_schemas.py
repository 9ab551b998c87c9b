"""Writes the JSON Schemas of OpenMetadata's models, as the installed package `openmetadata-ingestion` has them.

export_schemas.py TARGET_DIR: each module's root model goes to the path that its schema has in OpenMetadata's own specification
(api/data/createPipeline.json); models inside a module that requests carry alone go to standalone/<module>__<Model>.json.
"""

import ast
import importlib
import json
import os
import sys
import types
from importlib.metadata import version

FOLDERS = [
    "api/data", "api/services", "api/services/ingestionPipelines", "api/classification", "api/lineage", "api/lineage/openlineage", "api/teams", "api/tests", "api/domains",
    "entity/data", "entity/services", "entity/services/ingestionPipelines", "entity/services/connections/pipeline", "entity/classification",
    "entity/teams", "entity/domains", "type", "tests", "metadataIngestion",
]  # fmt: skip
SINGLE = ["api/openMetadataServerVersion", "api/voteRequest", "api/setOwner", "api/bulkAssets", "system/ui/page",
          "entity/type", "entity/policies/policy", "entity/automations/workflow", "entity/services/connections/testConnectionDefinition"]  # fmt: skip
STANDALONE = [
    "entity/data/pipeline", "entity/data/table", "entity/data/topic", "entity/data/searchIndex", "entity/services/ingestionPipelines/ingestionPipeline",
    "entity/services/ingestionPipelines/status", "type/entityLineage", "type/entityReference", "type/entityReferenceList", "type/entityHistory",
    "type/tagLabel", "type/paging", "type/bulkOperationResult", "type/lifeCycle", "type/usageDetails", "type/usageRequest", "type/filterPattern",
    "type/pipelineObservability", "type/entityUsage", "tests/basic", "api/openMetadataServerVersion",
]  # fmt: skip

ROOT = next(path for path in (os.path.join(entry, "metadata") for entry in sys.path) if os.path.isdir(os.path.join(path, "generated")))


def without_the_rest_of_the_package():
    """The package's own __init__ needs what only its connectors need; the models do not."""
    package = types.ModuleType("metadata")
    package.__path__ = [ROOT]
    sys.modules["metadata"] = package


def models(path):
    """The pydantic models that a module itself defines, in the order of the source. The generator puts the root model last."""
    module = importlib.import_module("metadata.generated.schema." + path.replace("/", "."))
    with open(module.__file__, encoding="utf-8") as source:
        names = [node.name for node in ast.parse(source.read()).body if isinstance(node, ast.ClassDef)]
    return [(name, getattr(module, name)) for name in names if hasattr(getattr(module, name), "model_json_schema")]


def root_model(path, found):
    """The class of the file's name, else the last one."""
    stem = path.rsplit("/", 1)[-1].lower()
    named = [model for name, model in found if name.lower() in (stem, stem + "request")]
    return named[-1] if named else found[-1][1]


def write(target, path, schema):
    file = os.path.join(target, path + ".json")
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w", encoding="utf-8") as out:
        json.dump(schema, out, ensure_ascii=False)


def paths():
    base = os.path.join(ROOT, "generated", "schema")
    for folder in FOLDERS:
        directory = os.path.join(base, folder)
        for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else []:
            if name.endswith(".py") and name != "__init__.py":
                yield f"{folder}/{name[:-3]}"
    for path in SINGLE:
        if os.path.exists(os.path.join(base, path + ".py")):
            yield path


def main(target):
    without_the_rest_of_the_package()
    written, left_out = 0, []
    for path in paths():
        try:
            found = models(path)
            if found:
                write(target, path, root_model(path, found).model_json_schema())
                written += 1
            if path in STANDALONE:
                for name, model in found:
                    write(target, f"standalone/{path.rsplit('/', 1)[-1]}__{name}", model.model_json_schema())
                    written += 1
        except Exception as error:  # a model that needs a connector's driver is not one that we send
            left_out.append(f"{path}: {type(error).__name__}: {str(error)[:100]}")
    write(target, "EXPORT", {"package": "openmetadata-ingestion", "version": version("openmetadata-ingestion"), "schemas": written, "leftOut": left_out})
    print(f"{written} schemas in {target}, {len(left_out)} left out")
    needed = ["api/data/createPipeline", "api/data/createTable", "api/services/createPipelineService", "api/classification/createTag",
              "api/lineage/addLineage", "entity/data/pipeline", "standalone/pipeline__PipelineStatus", "standalone/entityLineage__EntitiesEdge"]  # fmt: skip
    missing = [path for path in needed if not os.path.exists(os.path.join(target, path + ".json"))]
    if missing:
        sys.exit(f"the export lacks {missing}")


if __name__ == "__main__":
    main(sys.argv[1])
