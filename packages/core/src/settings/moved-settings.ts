/** Model settings from before each input had a section, with their paths today. */
const movedBelowModel: Readonly<Record<string, string>> = {
  wordSize: "inputs.words.size",
  posSize: "inputs.pos.size",
  characterSize: "inputs.characters.size",
  characterFilters: "inputs.characters.filters",
  filterWidths: "inputs.characters.widths",
  tag: "inputs.tags",
  tagSize: "inputs.tags.size",
};

const movedToModel: Readonly<Record<string, string>> = {
  characters: "model.inputs.characters",
  pos: "model.inputs.pos",
};

/**
 * The path of a setting today, given its old one; undefined for a setting that has not moved.
 *
 * @param path the old path, from the top of the configuration
 */
export function movedSetting(path: readonly (string | number)[]): string | undefined {
  const [top, name] = [path[0], String(path.at(-1))];
  if (top === "vocabulary" && path.length === 2 && Object.hasOwn(movedToModel, name)) return movedToModel[name];
  if (top !== "model" || path.length < 2 || !Object.hasOwn(movedBelowModel, name)) return undefined;
  const place = path.slice(0, -1).join(".");
  const spans = name === "filterWidths" ? ` (and ${place}.spanWidths for the spans of joint-nn)` : "";
  return `${place}.${movedBelowModel[name]}${spans}`;
}

type Settings = Readonly<Record<string, unknown>>;

/**
 * Converts the settings of a model from format version 1 to 2, including the parts of a pipeline.
 */
export function migrateSettings(model: Settings): Settings {
  const { wordSize, posSize, characterSize, characterFilters, filterWidths, tag, tagSize, ...rest } = model;
  const inputs = present({
    words: section({ size: wordSize }),
    characters: section({ size: characterSize, filters: characterFilters, widths: filterWidths }),
    pos: section({ size: posSize }),
    tags: tag === false ? false : section({ size: tagSize }),
  });
  const spanWidths = model["name"] === "joint-nn" ? filterWidths : undefined;
  const parts = Object.entries(rest).map(([name, value]) => [name, isSettings(value) ? migrateSettings(value) : value] as const);
  return present({
    ...Object.fromEntries(parts),
    spanWidths,
    inputs: Object.keys(inputs).length === 0 ? undefined : inputs,
  });
}

function section(settings: Settings): Settings | undefined {
  const given = present(settings);
  return Object.keys(given).length === 0 ? undefined : given;
}

function present(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function isSettings(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
