"""Reads a configuration with the Scalyr agent's own reader, and prints its logs as JSON; ends with 1 where the agent would refuse it."""

import json
import os
import sys

sys.path.insert(0, sys.argv[1])

from scalyr_agent.configuration import Configuration  # noqa: E402
from scalyr_agent.platform_controller import DefaultPaths  # noqa: E402

path = sys.argv[2]
folder = os.path.dirname(path)
paths = DefaultPaths(folder + "/log", path, folder + "/data")
configuration = Configuration(path, paths, None, log_warnings=False)
try:
    configuration.parse()
except Exception as error:
    print(error, file=sys.stderr)
    sys.exit(1)
logs = [
    {
        "path": log["path"],
        "attributes": dict(log["attributes"]),
        "parse_format": log["parse_format"],
        "sampling_rules": [dict(rule) for rule in log["sampling_rules"]],
        "redaction_rules": [dict(rule) for rule in log["redaction_rules"]],
    }
    for log in configuration.log_configs
]
print(json.dumps(logs))
