// Leaves only the questions that hold the typed words. Without JavaScript all of them are there.
"use strict";

const form = document.getElementById("search");
const field = document.getElementById("words");
const found = document.getElementById("found");

/** "Één wérf" and "een werf" are the same to who searches. */
const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ");

const articles = [...document.querySelectorAll("article")].map((element) => ({
  element,
  title: plain(element.querySelector("h3").textContent),
  text: plain(`${element.textContent} ${element.dataset.words}`),
}));

/** Words in the question count double: "pay" finds "What is the pay?" before a mere mention. */
const likeness = (article, words) =>
  words.reduce(
    (sum, word) => sum + article.text.includes(word) + 0.5 * article.title.includes(word),
    0,
  ) / words.length;

function search() {
  const words = plain(field.value).trim().split(" ").filter((word) => word.length > 1);
  const scores = articles.map((article) => (words.length ? likeness(article, words) : 1));
  const least = words.length ? Math.max(0.5, Math.min(1, Math.max(...scores))) : 0;
  let count = 0;
  articles.forEach((article, at) => {
    article.element.hidden = scores[at] < least;
    count += !article.element.hidden;
  });
  for (const section of document.querySelectorAll("main section")) {
    section.hidden = !section.querySelector("article:not([hidden])");
  }
  document.querySelector(".topics").hidden = words.length > 0;
  if (!words.length) found.textContent = "";
  else if (!count) found.textContent = found.dataset.none;
  else if (count === 1) found.textContent = found.dataset.one;
  else found.textContent = found.dataset.several.replace("2", count);
}

/** A link to a question that the search hides shows it again. */
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest("[hidden]")) {
    field.value = "";
    search();
  }
  target.scrollIntoView();
}

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
field.addEventListener("input", search);
window.addEventListener("hashchange", follow);
field.value = new URLSearchParams(location.search).get("q") ?? "";
search();
