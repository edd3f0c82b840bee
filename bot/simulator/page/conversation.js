// The ready conversation. `who` is the place of a person on the page; `press` are patterns for the
// label or the data of a button, `or` is what is typed when there is no such button.

export const CONVERSATION = [
  { who: 0, what: "/start", says: "/start" },
  { who: 0, what: "hoe oud moet ik zijn?", says: "hoe oud moet ik zjin om inspecteur te worden?" },
  { who: 0, what: "en voor burgerpersoneel?", says: "en voor burgerpersoneel?" },
  { who: 0, what: "sport", says: "sport" },
  { who: 0, what: "sportproef", press: [/sport/i, /parcours/i, /^questions\.(show|answer)/], or: "hoe bereid ik me voor op de sportproef?" },
  { who: 1, what: "/start", says: "/start" },
  { who: 1, what: "Quel diplôme faut-il ?", says: "quel diplome il faut pour devenir inspecteur ?" },
  { who: 0, what: "112", says: "er breekt nu iemand in bij mijn buren!" },
  { who: 0, what: "een mens spreken", says: "kan ik met iemand van jullie praten?" },
  { who: 1, what: "/mijngegevens", says: "/mijngegevens" },
  { who: 0, what: "/wissen", says: "/wissen" },
  { who: 0, what: "wissen: ja", press: [/^privacy\.sure/, /\bwis\b/i] },
  { who: 0, what: "wissen: zeker", press: [/^privacy\.erase/, /\bzeker\b/i] },
];
