/** These precede a name or a number, so a sentence never ends after them. */
export const leadingAbbreviations =
  "Mr Mrs Ms Messrs Mme Mlle Dr Prof Rev Hon Gov Sen Sens Rep Reps Gen Col Maj Capt Lt Cmdr Sgt Cpl Adm Pres Supt St Ste Mt Ft Fr Sr " +
  "Fig Figs Eq Eqs Sec Ch Vol Nos pp vs v cf ca approx viz e.g i.e";

/** These follow or join words. A sentence may end with them; the next word decides. */
export const trailingAbbreviations =
  "Jr Esq Inc Corp Co Cos Ltd Bros LLC Assn Dept Univ Inst Ave Blvd Rd Bldg etc al est resp " +
  "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Tues Thurs " +
  "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ida Ill Ind Kan Kans Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn Tenn Tex " +
  "Va Vt Wash Wis Wisc Wyo Ont Que";

/**
 * Capitalised words that open a sentence after an abbreviation. Names hardly ever start with one.
 */
export const sentenceOpeners = new Set(
  (
    "The A An This That These Those There Here He She It We You They I His Her Its Our Their My Your In On At By For From With To " +
    "Of As But And Or So Yet If When While Where Although Though Because Since After Before During Until However Moreover " +
    "Meanwhile What Who Why How Which Some Many Most Both Each All No Not"
  ).split(" "),
);
