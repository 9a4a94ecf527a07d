#!/bin/bash
# A batch as a Slurm array: each of twenty tasks does every twentieth shard, without a queue. The
# folder of the batch, the texts and the model are on a file system that all nodes share. A task
# that is requeued resumes; submit the script again to do what is left.
#
#   weft batch plan texts/*.txt --model model --out batch
#   sbatch slurm.sh batch
#
#SBATCH --job-name=weft-batch
#SBATCH --array=0-19
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --output=weft-%A-%a.log
set -uo pipefail

weft batch run "${1:-batch}" --shard auto --threads "${SLURM_CPUS_PER_TASK:-1}"
code=$?
# 3 says that all is done and some records are quarantined.
[ $code -eq 3 ] && exit 0
exit $code
