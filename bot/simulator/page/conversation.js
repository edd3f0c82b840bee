// The ready conversation. `who` is the place of a person on the page; `press` are patterns for the
// data or the label of a button, `or` is what is typed when there is no such button.

export const CONVERSATION = [
  { who: 0, says: "/start" },
  { who: 0, says: "hoe oud moet je zjin voor de politei?" },
  { who: 0, says: "en voor burgerpersoneel?" },
  { who: 0, says: "diploma" },
  { who: 0, press: [/^questions\.show/, /diploma/i], or: "welk diploma heb ik nodig voor inspecteur?" },
  { who: 1, says: "/start" },
  { who: 1, says: "quel diplome il faut pour devenir inspecteur ?" },
  { who: 0, says: "er breekt nu iemand in bij mijn buren!" },
  { who: 0, says: "ik wil met een mens praten" },
  { who: 1, says: "/mijngegevens" },
  { who: 0, says: "/wissen" },
  { who: 0, press: [/^privacy\.sure/, /\bwis\b/i] },
  { who: 0, press: [/^privacy\.erase/, /\bzeker\b/i] },
];
