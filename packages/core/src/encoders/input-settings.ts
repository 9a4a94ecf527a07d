import { z } from "zod";
import { schemaFrom } from "../catalogue.ts";
import type { Lexicon, LexiconNeeds } from "../vocabulary/index.ts";
import type { InputPart } from "./input-part.ts";
import { inputParts } from "./inputs/index.ts";
import { switchable } from "./switchable.ts";

/**
 * The input parts of a model: the settings of each part, or false if the model does not read it.
 */
export type Inputs = Readonly<Record<string, object | false>>;

/**
 * The schema of a model's `inputs` section.
 *
 * Settings of a part are merged over the model's defaults; `off` or `false` switches a part off,
 * `on` or `true` switches it on.
 *
 * @param defaults the parts that the model reads by default, with the sizes given in its paper
 * @param options.givenEntities whether the model is given entities, so that it can read their tags
 */
export function inputSettings(
  defaults: Readonly<Record<string, object>>,
  { givenEntities = false }: { readonly givenEntities?: boolean } = {},
): z.ZodType<Inputs> {
  return schemaFrom(inputParts, () => sectionOf(defaults, givenEntities))
    .prefault({})
    .describe("what the model reads of each word: parts are merged over its defaults, off switches a part off");
}

function sectionOf(defaults: Readonly<Record<string, object>>, givenEntities: boolean): z.ZodType<Inputs> {
  const offered = [...inputParts].filter(({ readsEntities }) => givenEntities || readsEntities !== true);
  const section = z.strictObject(
    Object.fromEntries(
      offered.map((part) => {
        const own = part.settings(defaults[part.name] ?? {});
        const choice = switchable(own);
        const standard = Object.hasOwn(defaults, part.name) ? choice.prefault({}) : choice.prefault("off");
        return [part.name, standard.describe(part.summary)];
      }),
    ),
  );
  return section.refine(
    (inputs) => Object.values(inputs).some((part) => part !== false),
    "expected at least one input that is not off",
  );
}

/** A part with the model's settings for it. */
export interface ChosenPart {
  readonly name: string;
  readonly part: InputPart;
  readonly settings: object;
}

/** The parts that are on, in the order of `inputParts`. */
function chosenParts(inputs: Inputs): ChosenPart[] {
  return [...inputParts].flatMap((part) => {
    const settings = inputs[part.name];
    return settings === undefined || settings === false ? [] : [{ name: part.name, part, settings }];
  });
}

/** The parts that are on and that the lexicon knows. */
export function readParts(inputs: Inputs, lexicon: Lexicon): ChosenPart[] {
  return chosenParts(inputs).filter(({ part }) => part.isKnown?.(lexicon) ?? true);
}

/** What the lexicon must hold for these inputs. */
export function inputNeeds(inputs: Inputs): LexiconNeeds {
  return Object.assign({}, ...chosenParts(inputs).map(({ part, settings }) => part.needs?.(settings))) as LexiconNeeds;
}
