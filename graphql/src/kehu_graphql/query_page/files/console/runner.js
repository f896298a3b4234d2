// Running what the editors hold, and showing how it went.

import { send, subscribe } from "./api.js";
import { byId, show } from "./elements.js";
import { remember } from "./history.js";
import { label } from "./labels.js";
import { askToSignIn } from "./session.js";
import { onlyOperation, operationAt, paint } from "./tokens.js";

const MOST_NEWS = 100;

export class Runner {
  #document;
  #variables;
  #ran;
  #stop = null;

  /** `ran()` is called after each run, when the history has grown. */
  constructor(document, variables, ran) {
    this.#document = document;
    this.#variables = variables;
    this.#ran = ran;
  }

  /** Run the operation in which the cursor stands; stop it when it runs already. */
  async toggle() {
    if (this.#stop !== null) {
      this.#stop();
      return;
    }
    const operation = this.#operation();
    if (operation === null) return;
    if (operation.kind === "subscription") this.#listen(operation.request);
    else await this.#ask(operation.request);
  }

  #operation() {
    const text = this.#document.value;
    const chosen = operationAt(text, this.#document.position);
    const variables = readVariables(this.#variables.value);
    byId("variables-error").textContent = variables.reason ? label("badVariables", variables) : "";
    if (chosen === null || variables.reason) return null;
    return { kind: chosen.kind, request: { query: onlyOperation(text, chosen), variables: variables.value } };
  }

  async #ask(request) {
    const abort = new AbortController();
    this.#begin(label("running"), () => abort.abort());
    try {
      const { ok, answer, text, status, milliseconds, bytes } = await send(request, abort.signal);
      const errors = countErrors(answer);
      const verdict = errors ? label("errors", { count: errors }) : String(status);
      showAnswer(answer === null ? text : JSON.stringify(answer, null, 2));
      this.#end(`${verdict} · ${Math.round(milliseconds)} ms · ${size(bytes)}`, ok && errors === 0);
      if (hasCode(answer, "UNAUTHENTICATED")) askToSignIn();
    } catch (error) {
      this.#end(abort.signal.aborted ? "" : label("unreachable", { reason: error.message }), false);
    }
  }

  #listen(request) {
    const news = [];
    const stop = subscribe(request, {
      next: (payload) => {
        news.unshift({ at: new Date().toISOString(), ...payload });
        showAnswer(news.slice(0, MOST_NEWS).map((one) => JSON.stringify(one, null, 2)).join("\n\n"));
        setStatus(label("listening", { count: news.length }));
      },
      failed: ({ errors, reason }) => {
        if (errors) showAnswer(JSON.stringify({ errors }, null, 2));
        this.#end(errors ? label("refused") : label("lost", { reason }), false);
        if (hasCode({ errors }, "UNAUTHENTICATED")) askToSignIn();
      },
      ended: () => this.#end(label("ended", { count: news.length }), true),
    });
    this.#begin(label("listening", { count: 0 }), () => {
      stop();
      this.#end(label("ended", { count: news.length }), true);
    });
    showAnswer("");
  }

  #begin(text, stop) {
    this.#stop = stop;
    byId("run-label").textContent = label("stop");
    byId("run").classList.add("running");
    setStatus(text);
  }

  #end(text, ok) {
    this.#stop = null;
    byId("run-label").textContent = label("run");
    byId("run").classList.remove("running");
    setStatus(text, ok ? "good" : "bad");
    remember({ document: this.#document.value, variables: this.#variables.value, ok });
    this.#ran();
  }
}

function readVariables(text) {
  if (!text.trim()) return { value: undefined };
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? { value } : { reason: text.trim() };
  } catch (error) {
    return { reason: error.message };
  }
}

function showAnswer(text) {
  paint(byId("answer"), text, "json");
  byId("answer").scrollTo(0, 0);
  show(byId("welcome"), false);
  show(byId("copy"), text !== "");
}

function setStatus(text, tone = "") {
  byId("status").textContent = text;
  byId("status").className = `status ${tone}`;
}

/** Errors of the whole answer, and those of mutations that refused. */
function countErrors(answer) {
  const refused = Object.values(answer?.data ?? {}).flatMap((payload) => payload?.userErrors ?? []);
  return (answer?.errors ?? refused).length;
}

function hasCode(answer, code) {
  return (answer?.errors ?? []).some((error) => error.extensions?.code === code);
}

function size(bytes) {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
