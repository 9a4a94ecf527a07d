import type { Tape } from "@weft-nlp/tensor";
import {
  decideAlone,
  type Encoder,
  type Example,
  type Losses,
  type Model,
  type ModelDefinition,
  type ProposalSteps,
  type ProposeOptions,
  proposalSteps,
} from "../models/index.ts";
import { together } from "../models/proposal-steps.ts";
import type { Scope } from "../nn/index.ts";
import type { Omission, Sentence } from "../schema/index.ts";
import type { Lexicon } from "../vocabulary/index.ts";

/** A sentence as each member reads it. */
interface EnsembleExample extends Example {
  readonly members: readonly Example[];
}

/** What the names of a member's parameters begin with: `member-0/rin/…`. */
export function memberName(member: number): string {
  return `member-${member}`;
}

/**
 * Builds networks of one kind that decide together: each decision is made from the mean of their
 * probabilities.
 *
 * @param lexicons one per member; labels are the same in all, words may differ
 */
export function buildEnsemble(
  definition: ModelDefinition,
  settings: unknown,
  lexicons: readonly Lexicon[],
  scope: Scope,
): Model<EnsembleExample> {
  const members = lexicons.map((lexicon, k) => definition.build(settings, lexicon, scope.child(memberName(k))));
  const proposeInSteps = (tape: Tape, examples: readonly EnsembleExample[], options: ProposeOptions): ProposalSteps =>
    together(members.map((member, k) => proposalSteps(member, tape, ofMember(examples, k), options)));
  return {
    /** The losses of all members. Members are trained one by one, so no training uses this. */
    loss: (tape, examples, options) => {
      const losses: [string, number][] = members.flatMap((member, k) =>
        Object.entries(member.loss(tape, ofMember(examples, k), options)).map(([name, loss]) => [`member-${k}/${name}`, loss]),
      );
      return Object.fromEntries(losses) satisfies Losses;
    },
    predict: (tape, examples, options) => decideAlone(proposeInSteps(tape, examples, options)),
    proposeInSteps,
  };
}

function ofMember(examples: readonly EnsembleExample[], member: number): Example[] {
  return examples.map(({ members }) => members[member] as Example);
}

/** Encodes a sentence for every member, once for all that have the same lexicon object. */
export function ensembleEncoder(
  definition: ModelDefinition,
  settings: unknown,
  lexicons: readonly Lexicon[],
): Encoder<EnsembleExample> {
  const distinct = [...new Set(lexicons)];
  const encoders = distinct.map((lexicon) => definition.encoder(settings, lexicon));
  const places = lexicons.map((lexicon) => distinct.indexOf(lexicon));
  return {
    encode: (sentence: Sentence, omissions?: Omission[]): EnsembleExample => {
      // Labels are the same for all members, so the first one reports what none can hold.
      const encoded = encoders.map((each, k) => each.encode(sentence, k === 0 ? omissions : undefined));
      return { length: sentence.tokens.length, members: places.map((place) => encoded[place] as Example) };
    },
  };
}
