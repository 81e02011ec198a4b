"""Holds values against the schemas with Python's jsonschema.

In: a JSON list of {schema, value}. Out: a list of lists of error messages. The schemas themselves are held
against the metaschema first.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

folder = pathlib.Path(__file__).parents[2] / "schemas"
schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.schema.json")}
for schema in schemas.values():
    Draft202012Validator.check_schema(schema)
registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas.values())

answers = []
for question in json.load(sys.stdin):
    validator = Draft202012Validator(schemas[question["schema"]], registry=registry)
    answers.append([error.message for error in validator.iter_errors(question["value"])])
print(json.dumps(answers))
