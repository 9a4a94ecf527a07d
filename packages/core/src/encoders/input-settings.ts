import { z } from "zod";
import { schemaFrom } from "../catalogue.ts";
import type { Lexicon, LexiconNeeds } from "../vocabulary/index.ts";
import type { InputPart } from "./input-part.ts";
import { inputParts } from "./inputs/index.ts";

/** Which parts a model reads: the settings of each, or false where it does not read it. */
export type Inputs = Readonly<Record<string, object | false>>;

/**
 * The section `inputs` of a model.
 *
 * A part that is named there is merged over the model's defaults; `off` or `false` switches one
 * off, `on` or `true` on.
 *
 * @param defaults the parts that the model reads unless asked otherwise, which are its paper's,
 * with the sizes they have there
 * @param options.givenEntities whether the model is given entities, and so can read their tags
 */
export function inputSettings(
  defaults: Readonly<Record<string, object>>,
  { givenEntities = false }: { readonly givenEntities?: boolean } = {},
): z.ZodType<Inputs> {
  return schemaFrom(inputParts, () => sectionOf(defaults, givenEntities))
    .prefault({})
    .describe("what the model reads of each word: parts are merged over its defaults, off switches one off");
}

function sectionOf(defaults: Readonly<Record<string, object>>, givenEntities: boolean): z.ZodType<Inputs> {
  const offered = [...inputParts].filter(({ readsEntities }) => givenEntities || readsEntities !== true);
  const section = z.strictObject(
    Object.fromEntries(
      offered.map((part) => {
        const own = part.settings(defaults[part.name] ?? {});
        const word = z.literal(["on", true, "off", false]);
        const choice = z.union([own, word.transform((value) => (value === "on" || value === true ? own.parse({}) : false))]);
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

/** A part with the settings that a model has for it. */
export interface ChosenPart {
  readonly name: string;
  readonly part: InputPart;
  readonly settings: object;
}

/** The parts that are on, in the order of the table. */
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

/** What a lexicon must hold for these inputs. */
export function inputNeeds(inputs: Inputs): LexiconNeeds {
  return Object.assign({}, ...chosenParts(inputs).map(({ part, settings }) => part.needs?.(settings))) as LexiconNeeds;
}
