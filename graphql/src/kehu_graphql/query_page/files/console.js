// The query page: two editors, an answer, and beside them examples, the schema and the history.

import * as api from "./console/api.js";
import { Editor } from "./console/editor.js";
import { byId, make, show } from "./console/elements.js";
import { Explorer } from "./console/explorer.js";
import { draft, forgetRuns, keepDraft, runs } from "./console/history.js";
import { label, labelPage } from "./console/labels.js";
import { Runner } from "./console/runner.js";
import { Schema } from "./console/schema.js";
import { startSession } from "./console/session.js";
import { startTabs } from "./console/tabs.js";
import { operationAt, tidied } from "./console/tokens.js";

labelPage(document);
const query = new Editor(byId("document"));
const variables = new Editor(byId("variables"));
const runner = new Runner(query, variables, showHistory);
const explorer = new Explorer(insertField);

start();

async function start() {
  byId("run").addEventListener("click", () => runner.toggle());
  byId("tidy").addEventListener("click", tidy);
  byId("copy").addEventListener("click", copyAnswer);
  byId("clear-history").addEventListener("click", () => {
    forgetRuns();
    showHistory();
  });
  document.addEventListener("keydown", onShortcut);
  startTabs(document.querySelector("[role=tablist]"), (id) => id === "schema" && readSchema());
  showHistory();
  await Promise.all([startSession(readSchemaAgain), showExamples()]);
  query.onChange(keep);
  variables.onChange(keep);
}

function onShortcut(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || byId("sign-in").open) return;
  event.preventDefault();
  runner.toggle();
}

function tidy() {
  query.value = tidied(query.value);
  query.focus();
}

function keep() {
  keepDraft(query.value, variables.value);
}

function load(text, values = "") {
  variables.value = values;
  query.value = text;
  query.focus();
}

async function showExamples() {
  const given = await api.examples().catch(() => []);
  const written = given.map((example) => ({ ...example, document: tidied(example.document) }));
  const cards = written.map(({ title, document: text, variables: values }) => card(title, text, () => load(text, values)));
  byId("examples").querySelector("ul").replaceChildren(...cards);
  show(byId("examples").querySelector(".hint"), given.length === 0);
  const left = draft();
  load(left?.document || written[0]?.document || "{\n  __typename\n}", left?.variables ?? "");
}

function showHistory() {
  const kept = runs();
  const cards = kept.map((run) =>
    card(new Date(run.at).toLocaleString(), run.document, () => load(run.document, run.variables), run.ok ? "good" : "bad"));
  byId("history").querySelector("ul").replaceChildren(...cards);
  show(byId("history").querySelector(".hint"), kept.length === 0);
  show(byId("clear-history"), kept.length > 0);
}

function card(title, text, onclick, tone = "") {
  const excerpt = text.replace(/\s+/g, " ").trim().slice(0, 160);
  return make("li", {}, make(
    "button", { type: "button", class: `card ${tone}`, onclick },
    make("strong", {}, title), make("code", {}, excerpt),
  ));
}

let schema = null;

function readSchema() {
  schema ??= Schema.read(api.send).then(
    (read) => explorer.open(read),
    (error) => {
      schema = null;
      explorer.fail(error.message);
    },
  );
}

/** Another user may be allowed to see another schema. */
function readSchemaAgain() {
  schema = null;
  if (!byId("schema").hidden) readSchema();
}

/** A field of a root goes into an operation of its kind, a new one if the cursor stands in none; others to the cursor. */
function insertField(text, operation) {
  const at = operationAt(query.value, query.position);
  const inside = at !== null && at.start < query.position && query.position < at.end;
  if (operation === null || (inside && at.kind === operation)) {
    query.insert(text);
    return;
  }
  const wrapped = `${operation} {\n${text.replace(/^/gm, "  ")}\n}`;
  query.value = query.value.trim() ? `${wrapped}\n\n${query.value}` : wrapped;
}

async function copyAnswer() {
  await navigator.clipboard.writeText(byId("answer").textContent);
  byId("copy").textContent = label("copied");
  setTimeout(() => {
    byId("copy").textContent = label("copy");
  }, 1500);
}
