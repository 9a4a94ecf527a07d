export { joinKey, spanKey, typedSpanKey } from "../schema/span-keys.ts";
export {
  distanceBucket,
  inBucketOrder,
  lengthBucket,
  type OverlapClass,
  overlapClasses,
  tripleCountBucket,
  wordsBetween,
} from "./breakdowns.ts";
export {
  fitScaling,
  inverseScaling,
  noScaling,
  type Reliability,
  type ReliabilityBin,
  reliability,
  type Scaling,
  scaleConfidence,
} from "./calibration.ts";
export { type CoOccurrence, coOccurrence, coOccurrenceWords, falsePositiveRate, type PairClaims } from "./co-occurrence.ts";
export {
  type ComparedSystem,
  type CompareOptions,
  compareSystems,
  countsBySentence,
  gainOf,
  type ProtocolComparison,
  type ScorePairs,
  type SystemComparison,
} from "./compare-systems.ts";
export { Confusion, type ConfusionCell } from "./confusion.ts";
export { type CorpusStatistics, corpusStatistics, type Distribution, distribution } from "./corpus-statistics.ts";
export { type CountsType, countedTypes, type TypeChoice } from "./counted-types.ts";
export {
  type Average,
  addCounts,
  type Counts,
  f1,
  macro,
  noCounts,
  type Rates,
  riskF1,
  type Score,
  score,
  sumCounts,
  weighted,
} from "./counts.ts";
export { Evaluation, type EvaluationOptions, evaluate, type GoldSentence } from "./evaluate.ts";
export { type Findings, type FindingsOptions, findingsOf, looksAtDirection } from "./findings.ts";
export type { AverageIntervals, Interval, IntervalNote, IntervalOptions, RateIntervals } from "./intervals.ts";
export { type LabelReport, labelReport } from "./label-report.ts";
export { type CurveForecast, type CurvePoint, forecastCurve } from "./learning-curve.ts";
export {
  countsOf,
  type Item,
  type Match,
  type Matching,
  matchEntities,
  matchRelations,
  strictKey,
  surfaceTriple,
} from "./matching.ts";
export { buildMemoryBaseline, type MemoryBaseline } from "./memory-baseline.ts";
export {
  type EntityFinding,
  type EntityMistakes,
  entityMistakes,
  type RelationFinding,
  type RelationMistakes,
  relationMistakes,
} from "./mistakes.ts";
export { type Anchor, anchorOf, type Cell, flatTags, type Prediction, type SearchNote, withRawOutput } from "./prediction.ts";
export { formatMarkdown, formatReport, type PrintOptions } from "./print.ts";
export {
  type Protocol,
  type ProtocolChoice,
  type ProtocolName,
  protocolName,
  protocols,
  sentenceCounts,
  sentenceF1,
} from "./protocols.ts";
export { type Candidate, type CandidateSet, collectCandidates } from "./relation-candidates.ts";
export { type BreakdownName, type Buckets, breakdownWords, type ProtocolReport, type Report } from "./report.ts";
export {
  approximateRandomisation,
  type BootstrapComparison,
  type Comparison,
  type ComparisonOptions,
  meanAndDeviation,
  pairedBootstrap,
  type SeedSummary,
  type UniformSource,
} from "./significance.ts";
export { type PooledScore, type ProtocolSummary, poolReports, type RatesSummary, summariseReports } from "./summary.ts";
export {
  bestPoint,
  type OperatingPoint,
  operatingPoints,
  pointOfPrecision,
  type Thresholds,
  thresholdOf,
  thresholdsByType,
} from "./thresholds.ts";
