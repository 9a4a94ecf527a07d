"""A batch on a Spark cluster: every partition pipes its number into weft, which does that part.

The folder of the batch, the texts and the model are on a file system that all nodes share. Spark
retries a part that fails, and the part resumes. The parts of the batch are then a data frame.

    weft batch plan texts/*.txt --model model --out /shared/batch
    spark-submit spark.py /shared/batch 20
"""

import json
import shlex
import sys


def command(batch: str, parts: int) -> str:
    """The command of a partition: reads the numbers of parts, writes what was done as JSON lines.

    Exit code 3 says that all is done and some records are quarantined.
    """
    run = f'weft batch run {shlex.quote(batch)} --shard "$part/{parts}" --json --quiet </dev/null'
    lines = f"({run} || [ $? -eq 3 ]) | tr -d '\\n' || exit 1; echo"
    return f"bash -c {shlex.quote(f'set -o pipefail; while read -r part; do {lines}; done')}"


def main(batch: str, parts: int) -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("weft-batch").getOrCreate()
    numbers = spark.sparkContext.parallelize(range(parts), parts)
    for line in numbers.pipe(command(batch, parts), checkCode=True).collect():
        done = json.loads(line)["done"]
        print(f"{done['shards']} shards, {done['sentences']} sentences in {done['seconds']:.0f} s")
    documents = spark.read.option("recursiveFileLookup", True).json(f"{batch}/parts")
    print(f"{documents.count()} documents")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
