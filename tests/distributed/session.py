#!/usr/bin/env python3
"""Many runs of sluice_spark.py in one Spark, since that takes longer to start than they do.

Run by spark-submit.  A line of the standard input is a run's words, as JSON; behind what a run says
comes the line "session: STATUS".
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../scripts/spark"))
import sluice_spark  # noqa: E402

for line in sys.stdin:
    try:
        status = sluice_spark.run(json.loads(line))
    except SystemExit as e:  # argparse's
        status = e.code
    print(f"session: {status}", file=sys.stderr, flush=True)
