// A textarea with line numbers, colours and indentation. The text stays a textarea's: undo, search and screen readers work.

import { paint } from "./tokens.js";

const INDENT = "  ";
const CLOSES = { "}": "{", ")": "(", "]": "[" };

export class Editor {
  #text;
  #paint;
  #gutter;
  #language;
  #leaving = false;
  #changed = () => {};

  constructor(root) {
    this.#language = root.dataset.language;
    this.#text = root.querySelector("textarea");
    this.#paint = root.querySelector(".paint");
    this.#gutter = root.querySelector(".gutter");
    this.#text.addEventListener("input", () => this.#refresh());
    this.#text.addEventListener("scroll", () => this.#follow());
    this.#text.addEventListener("keydown", (event) => this.#onKey(event));
    this.#refresh();
  }

  get value() {
    return this.#text.value;
  }

  get position() {
    return this.#text.selectionStart;
  }

  /** Replace the whole text, as one step that can be undone. */
  set value(text) {
    if (text === this.value) return;
    this.#text.focus({ preventScroll: true });
    this.#text.select();
    this.#type(text);
    this.#text.setSelectionRange(0, 0);
    this.#text.scrollTo(0, 0);
  }

  onChange(changed) {
    this.#changed = changed;
  }

  focus() {
    this.#text.focus();
  }

  /** Put `lines` at the cursor, on lines of their own, indented as deep as the cursor stands. */
  insert(lines) {
    const { value, selectionStart: at, selectionEnd: end } = this.#text;
    const before = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    const deeper = /[{(]\s*$/.test(before) ? INDENT : "";
    const indent = before.match(/^\s*/)[0] + deeper;
    const onEmptyLine = before.trim() === "";
    const text = lines.split("\n").join(`\n${onEmptyLine ? before : indent}`);
    const follows = value.slice(end).match(/^[ \t]*([^\n]?)/)[1] !== "";
    this.#text.focus();
    this.#type(`${onEmptyLine ? "" : `\n${indent}`}${text}${follows ? `\n${before.match(/^\s*/)[0]}` : ""}`);
  }

  #refresh() {
    const { value } = this.#text;
    paint(this.#paint, `${value}\n`, this.#language);
    this.#gutter.textContent = value.split("\n").map((_, index) => index + 1).join("\n");
    this.#follow();
    this.#changed(value);
  }

  /** Keep colours and numbers where the text is: scrolled as far, and as large without the scroll bars. */
  #follow() {
    const { offsetWidth, clientWidth, offsetHeight, clientHeight } = this.#text;
    this.#paint.style.right = `${offsetWidth - clientWidth}px`;
    this.#paint.style.bottom = this.#gutter.style.bottom = `${offsetHeight - clientHeight}px`;
    this.#paint.scrollTop = this.#gutter.scrollTop = this.#text.scrollTop;
    this.#paint.scrollLeft = this.#text.scrollLeft;
  }

  #onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const leaves = this.#leaving;
    this.#leaving = event.key === "Escape" || (leaves && event.key === "Shift");
    if (event.key === "Tab" && !leaves) this.#indent(event);
    else if (event.key === "Enter") this.#breakLine(event);
    else if (event.key in CLOSES) this.#closeBracket();
  }

  #indent(event) {
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.#text;
    if (selectionStart === selectionEnd && !event.shiftKey) {
      this.#type(INDENT);
      return;
    }
    const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const lines = value.slice(from, selectionEnd);
    const shifted = event.shiftKey ? lines.replace(/^ {1,2}/gm, "") : lines.replace(/^(?=.)/gm, INDENT);
    if (shifted === lines) return;
    this.#text.setSelectionRange(from, selectionEnd);
    this.#type(shifted);
    this.#text.setSelectionRange(from, from + shifted.length);
  }

  #breakLine(event) {
    event.preventDefault();
    const { value, selectionStart: at, selectionEnd: end } = this.#text;
    const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    const indent = line.match(/^ */)[0];
    const opened = /[{([]\s*$/.test(line);
    const closes = opened && /^[ \t]*[})\]]/.test(value.slice(end));
    this.#type(`\n${indent}${opened ? INDENT : ""}${closes ? `\n${indent}` : ""}`);
    if (!closes) return;
    const inside = at + 1 + indent.length + INDENT.length;
    this.#text.setSelectionRange(inside, inside);
  }

  /** A closing bracket on a line of its own steps back by one level. */
  #closeBracket() {
    const { value, selectionStart: at, selectionEnd: end } = this.#text;
    const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    if (at !== end || !line.endsWith(INDENT) || line.trim() !== "") return;
    this.#text.setSelectionRange(at - INDENT.length, at);
  }

  #type(text) {
    // The old command is the only one that keeps the textarea's undo history.
    const { ownerDocument: page } = this.#text;
    if (page.execCommand(text ? "insertText" : "delete", false, text)) return;
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, "end");
    this.#refresh();
  }
}
