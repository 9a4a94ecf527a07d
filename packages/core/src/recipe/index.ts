export { adviceFor } from "./advice.ts";
export { chooseRecipe, type Recipe, type RecipeChoice, type RecipeOptions, type RecipeSettings } from "./choose-recipe.ts";
export { type CorpusFacts, corpusFacts } from "./corpus-facts.ts";
export { type Candidate, type Rung, searchCandidates, searchPlan, survivors } from "./search-plan.ts";
