// Reading GraphQL and JSON as far as a page needs it: colours, operations, tidy lines.

const GRAPHQL = new RegExp(
  [
    /(?<comment>#[^\n\r]*)/,
    /(?<string>"""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\n\r])*"?)/,
    /(?<space>[\s,\uFEFF]+)/,
    /(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/,
    /(?<name>[A-Za-z_]\w*)/,
    /(?<mark>\.\.\.|[^])/,
  ].map((part) => part.source).join("|"),
  "gu",
);

const JSON_TEXT = new RegExp(
  [
    /(?<field>"(?:\\.|[^"\\\n\r])*"(?=\s*:))/,
    /(?<string>"(?:\\.|[^"\\\n\r])*"?)/,
    /(?<space>\s+)/,
    /(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/,
    /(?<keyword>true|false|null)/,
    /(?<mark>[^])/,
  ].map((part) => part.source).join("|"),
  "gu",
);

const OPERATIONS = new Set(["query", "mutation", "subscription"]);
const OPENING = new Set(["{", "(", "["]);
const CLOSING = new Set(["}", ")", "]"]);
const PLAIN_FROM = 200_000;

/** The tokens of `text`, white space included: `{kind, text, start}`. */
export function tokensOf(text, language) {
  const found = text.matchAll(language === "json" ? JSON_TEXT : GRAPHQL);
  const tokens = Array.from(found, ({ 0: part, index, groups }) => ({
    kind: Object.keys(groups).find((name) => groups[name] !== undefined),
    text: part,
    start: index,
  }));
  return language === "json" ? tokens : withMeaning(tokens);
}

/** Colour `text` into `target`; very long texts stay plain. */
export function paint(target, text, language) {
  if (text.length > PLAIN_FROM) {
    target.textContent = text;
    return;
  }
  target.replaceChildren(...tokensOf(text, language).map((token) => {
    if (token.kind === "space" || token.kind === "mark") return token.text;
    const span = target.ownerDocument.createElement("span");
    span.className = token.kind;
    span.textContent = token.text;
    return span;
  }));
}

/** The operations of a document: `{kind, name, start, end}`, in order. Fragments are none. */
export function operationsOf(text) {
  const operations = [];
  let depth = 0;
  let current = null;
  for (const token of tokensOf(text, "graphql").filter(isSignificant)) {
    if (depth === 0 && current === null) {
      const kind = OPERATIONS.has(token.text) ? token.text : token.text === "{" ? "query" : "fragment";
      current = { kind, name: null, start: token.start, end: text.length };
    } else if (depth === 0 && current.name === null && token.kind !== "mark") {
      current.name = token.text;
    }
    if (OPENING.has(token.text)) depth += 1;
    if (CLOSING.has(token.text)) depth = Math.max(0, depth - 1);
    if (token.text === "}" && depth === 0) {
      operations.push({ ...current, end: token.start + 1 });
      current = null;
    }
  }
  if (current !== null) operations.push(current);
  return operations.filter((operation) => operation.kind !== "fragment");
}

/** The operation in which `position` lies, or else the first. Null where there is none. */
export function operationAt(text, position) {
  const operations = operationsOf(text);
  return operations.find(({ start, end }) => start <= position && position <= end) ?? operations[0] ?? null;
}

/** The document with all operations but this one blanked out: lines and columns stay, names need not be given. */
export function onlyOperation(text, chosen) {
  const others = operationsOf(text).filter(({ start }) => start !== chosen.start);
  return others.reduce(
    (rest, { start, end }) => rest.slice(0, start) + rest.slice(start, end).replace(/[^\n\r]/g, " ") + rest.slice(end),
    text,
  );
}

/** The document with one field on a line, indented by two; its meaning stays the same. */
export function tidied(text) {
  const lines = new Lines();
  let inner = 0;
  for (const token of tokensOf(text, "graphql")) {
    if (token.kind === "comment") {
      lines.comment(token.text, /(^|\n)[\s,]*$/.test(text.slice(0, token.start)));
    } else if (token.kind === "space") {
      if (inner > 0) lines.separate(token.text, inner);
    } else if (inner === 0 && token.text === "{") {
      lines.open();
    } else if (inner === 0 && token.text === "}") {
      lines.close();
    } else {
      if (inner === 0 && startsLine(token, lines)) lines.begin();
      lines.add(token.text);
    }
    if (token.text === "(" || token.text === "[" || (inner > 0 && token.text === "{")) inner += 1;
    else if (inner > 0 && CLOSING.has(token.text)) inner -= 1;
  }
  return lines.text();
}

/** Whether a token of a selection set is the first of a field or of a spread. */
function startsLine(token, { depth, last }) {
  if (depth === 0 || [":", "...", "@", "on", "$"].includes(last)) return false;
  return token.kind === "mark" ? token.text === "..." : token.text !== "@";
}

/** Lines as they grow: each with its depth, the last one unfinished. */
class Lines {
  #done = [];
  #line = "";
  #within = 0;
  depth = 0;
  last = "";

  begin() {
    if (this.#line) this.#done.push([this.depth + this.#within, this.#line]);
    this.#line = "";
    this.#within = 0;
  }

  add(text) {
    if (!this.#line && CLOSING.has(text)) this.#within = Math.max(0, this.#within - 1);
    this.#line += (this.#line && needsSpace(this.last, text) ? " " : "") + text;
    this.last = text;
  }

  /** Between arguments commas stay, and so do the line breaks of who wrote them. */
  separate(text, inner) {
    if (text.includes(",")) this.add(",");
    if (!text.includes("\n")) return;
    this.begin();
    this.#within = inner;
  }

  open() {
    this.#line += this.#line ? " {" : "{";
    this.begin();
    this.depth += 1;
    this.last = "{";
  }

  close() {
    this.begin();
    this.depth = Math.max(0, this.depth - 1);
    this.#line = "}";
    this.begin();
    if (this.depth === 0) this.#done.push([0, ""]);
    this.last = "}";
  }

  comment(text, onOwnLine) {
    if (onOwnLine || !(this.#line || this.#done.length)) {
      this.begin();
      this.#line = text;
    } else if (this.#line) {
      this.#line += ` ${text}`;
    } else {
      this.#done.at(-1)[1] += ` ${text}`;
    }
    this.begin();
  }

  text() {
    this.begin();
    return this.#done.map(([depth, line]) => "  ".repeat(line ? depth : 0) + line).join("\n").trim();
  }
}

function needsSpace(before, text) {
  if (text === "on" && before === "...") return true;
  if ([":", "!", ",", "(", ")", "]", "}"].includes(text)) return false;
  return !["(", "[", "{", "$", "@", "..."].includes(before);
}

function isSignificant(token) {
  return token.kind !== "space" && token.kind !== "comment";
}

/** Names by what they stand for: keywords, variables, directives, arguments, fields. */
function withMeaning(tokens) {
  const significant = tokens.filter(isSignificant);
  let parentheses = 0;
  let depth = 0;
  significant.forEach((token, index) => {
    const before = significant[index - 1]?.text;
    const after = significant[index + 1]?.text;
    if (token.text === "(") parentheses += 1;
    if (token.text === ")") parentheses -= 1;
    if (token.text === "{") depth += 1;
    if (token.text === "}") depth -= 1;
    if (token.text === "$") token.kind = "variable";
    if (token.text === "@") token.kind = "directive";
    if (token.kind !== "name") return;
    if (before === "$") token.kind = "variable";
    else if (before === "@") token.kind = "directive";
    else if (depth === 0 && parentheses === 0) token.kind = isKeyword(token.text) ? "keyword" : "type";
    else if (token.text === "on" && before === "...") token.kind = "keyword";
    else if (before === "on") token.kind = "type";
    else if (parentheses > 0) token.kind = after === ":" ? "argument" : valueKind(token.text, depth);
    else token.kind = "field";
  });
  return tokens;
}

function isKeyword(text) {
  return OPERATIONS.has(text) || text === "fragment" || text === "on";
}

function valueKind(text, depth) {
  if (["true", "false", "null"].includes(text)) return "keyword";
  return depth === 0 ? "type" : "enum";
}
