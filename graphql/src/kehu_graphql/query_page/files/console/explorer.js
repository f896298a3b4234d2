// The schema to walk through: operations, types, fields with their arguments, and a search over all of it.

import { byId, make } from "./elements.js";
import { label } from "./labels.js";
import { isLeaf, named, spelled } from "./schema.js";

export class Explorer {
  #schema = null;
  #trail = [];
  #insert;

  /** `insert(text, operation)` puts a field into the query; `operation` is set for the fields of a root. */
  constructor(insert) {
    this.#insert = insert;
    byId("search").addEventListener("input", () => this.#show());
  }

  open(schema) {
    this.#schema = schema;
    this.#show();
  }

  fail(reason) {
    byId("explorer").replaceChildren(make("p", { class: "complaint" }, label("schemaFailed", { reason })));
  }

  #go(name) {
    const known = this.#trail.indexOf(name);
    this.#trail = known < 0 ? [...this.#trail, name] : this.#trail.slice(0, known + 1);
    byId("search").value = "";
    this.#show();
    byId("explorer").scrollTo(0, 0);
  }

  #show() {
    if (this.#schema === null) return;
    const word = byId("search").value.trim();
    const type = this.#schema.type(this.#trail.at(-1));
    this.#showTrail();
    byId("explorer").replaceChildren(...(word ? this.#matches(word) : type ? this.#page(type) : this.#start()));
  }

  #showTrail() {
    const steps = [null, ...this.#trail].map((name, index, all) => {
      const text = name ?? label("start");
      if (index === all.length - 1) return make("span", { "aria-current": "page" }, text);
      return make("button", { type: "button", class: "link", onclick: () => this.#back(index) }, text);
    });
    byId("trail").replaceChildren(...(this.#trail.length ? steps.slice(-4) : []));
  }

  #back(length) {
    this.#trail = this.#trail.slice(0, length);
    byId("search").value = "";
    this.#show();
  }

  #start() {
    const { roots, records, others } = this.#schema;
    return [
      ...list("operations", this.#links(roots), "names"),
      ...list("records", this.#links(records), "names"),
      ...list("types", this.#links(others), "names"),
    ];
  }

  #matches(word) {
    const { matches, more } = this.#schema.find(word);
    if (!matches.length) return [make("p", { class: "hint" }, label("noMatch"))];
    const lines = matches.map(({ type, field }) =>
      field === null
        ? make("li", {}, this.#typeLink(type.name), description(type, 1))
        : this.#field(type, field, { of: type.name }));
    return [
      make("ul", { class: "fields" }, ...lines),
      more ? make("p", { class: "hint" }, label("moreMatches", { count: more })) : "",
    ];
  }

  #page(type) {
    const fields = (type.fields ?? []).map((field) => this.#field(type, field));
    const inputs = (type.inputFields ?? []).map((field) => this.#field(type, field));
    const values = (type.enumValues ?? []).map((value) =>
      make("li", { class: value.isDeprecated ? "old" : null }, make("code", {}, value.name), description(value)));
    const implementations = type.kind === "INTERFACE" || type.kind === "UNION" ? type.possibleTypes ?? [] : [];
    return [
      make("h3", { class: "type-name" }, type.name), make("p", { class: "kind" }, type.kind.toLowerCase().replace("_", " ")),
      description(type),
      ...list("fields", fields), ...list("inputFields", inputs), ...list("values", values),
      ...list("interfaces", this.#links(type.interfaces ?? []), "names"),
      ...list("implementations", this.#links(implementations), "names"),
    ].filter(Boolean);
  }

  #field(type, field, { of = null } = {}) {
    const inserts = type.kind === "OBJECT" || type.kind === "INTERFACE";
    const name = inserts
      ? make("button", {
        type: "button", class: "name", title: label("insert", { name: field.name }),
        onclick: () => this.#insert(this.#schema.written(field), this.#schema.operationOf(type.name)),
      }, field.name)
      : make("code", {}, field.name);
    return make(
      "li", { class: field.isDeprecated ? "old" : null },
      make("p", { class: "signature" }, of ? this.#typeLink(of) : null, of ? "." : null, name, ": ", this.#reference(field)),
      description(field),
      field.args?.length && !of ? make("ul", { class: "args" }, ...field.args.map((arg) => this.#argument(arg))) : null,
    );
  }

  #argument(arg) {
    return make("li", {}, make("code", {}, arg.name), ": ", this.#reference(arg), description(arg, 1));
  }

  #reference({ type, defaultValue }) {
    const name = named(type);
    const [before, after] = spelled(type).split(name);
    const fallback = defaultValue === null || defaultValue === undefined ? null : ` = ${defaultValue}`;
    const leaf = isLeaf(this.#schema.type(name)) && !this.#schema.type(name)?.enumValues;
    const link = leaf ? make("span", { class: "scalar" }, name) : this.#typeLink(name);
    return make("span", { class: "reference" }, before, link, after, fallback);
  }

  #links(types) {
    return types.map(({ name }) => make("li", {}, this.#typeLink(name)));
  }

  #typeLink(name) {
    return make("button", { type: "button", class: "link type", onclick: () => this.#go(name) }, name);
  }
}

function list(title, items, kind = "fields") {
  return items.length ? [make("h3", {}, label(title)), make("ul", { class: kind }, ...items)] : [];
}

function description({ description: text, isDeprecated, deprecationReason }, lines = 0) {
  const paragraphs = text?.replace(/(\S)\n(?=\S)/g, "$1 ").split(/\n{2,}/) ?? [];
  const shown = (lines ? paragraphs.slice(0, lines) : paragraphs).join("\n\n");
  const old = isDeprecated ? `${label("deprecated")}${deprecationReason ? `: ${deprecationReason}` : ""}` : null;
  return shown || old ? make("p", { class: "description" }, [old, shown].filter(Boolean).join("\n\n")) : null;
}
