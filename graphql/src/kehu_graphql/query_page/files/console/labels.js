// The words of the page, in the language of the browser: English, or Chinese.

const ENGLISH = {
  title: "Query console",
  side: "Sources",
  examples: "Examples",
  noExamples: "This server brings no examples.",
  schema: "Schema",
  history: "History",
  noHistory: "What you run is kept here, in this browser only.",
  clearHistory: "Clear history",
  search: "Find a type or a field",
  trail: "Where you are",
  start: "Schema",
  noMatch: "Nothing of that name.",
  moreMatches: "{count} more; type a longer name.",
  schemaFailed: "The schema could not be read: {reason}",
  operations: "Operations",
  records: "Records",
  types: "Other types",
  fields: "Fields",
  inputFields: "Input fields",
  values: "Values",
  implementations: "Implemented by",
  interfaces: "Implements",
  deprecated: "Deprecated",
  insert: "Insert {name} at the cursor",
  query: "Query",
  tidy: "Tidy",
  run: "Run",
  stop: "Stop",
  variables: "Variables",
  badVariables: "Not a JSON object: {reason}",
  editorHelp: "Ctrl Enter runs. Tab indents; Esc, then Tab leaves the editor.",
  answer: "Answer",
  welcome: "The answer appears here. Pick an example, or open the schema to see what there is.",
  running: "Running …",
  listening: "Listening: {count}",
  ended: "Ended: {count}",
  lost: "The connection was lost: {reason}",
  unreachable: "The server does not answer: {reason}",
  errors: "Errors: {count}",
  refused: "Refused",
  copy: "Copy",
  copied: "Copied",
  signIn: "Sign in",
  signOut: "Sign out",
  email: "E-mail",
  password: "Password",
  cancel: "Cancel",
  nobody: "Not signed in",
};

const CHINESE = {
  title: "查询控制台",
  side: "来源",
  examples: "示例",
  noExamples: "此服务器没有提供示例。",
  schema: "架构",
  history: "历史",
  noHistory: "运行过的查询会保存在这里，仅限此浏览器。",
  clearHistory: "清除历史",
  search: "查找类型或字段",
  trail: "当前位置",
  start: "架构",
  noMatch: "没有这个名称。",
  moreMatches: "还有 {count} 个，请输入更长的名称。",
  schemaFailed: "无法读取架构：{reason}",
  operations: "操作",
  records: "记录",
  types: "其他类型",
  fields: "字段",
  inputFields: "输入字段",
  values: "取值",
  implementations: "实现它的类型",
  interfaces: "实现的接口",
  deprecated: "已弃用",
  insert: "在光标处插入 {name}",
  query: "查询",
  tidy: "整理",
  run: "运行",
  stop: "停止",
  variables: "变量",
  badVariables: "不是 JSON 对象：{reason}",
  editorHelp: "Ctrl Enter 运行。Tab 缩进；先按 Esc 再按 Tab 离开编辑器。",
  answer: "结果",
  welcome: "结果显示在这里。请选择一个示例，或打开架构查看有哪些内容。",
  running: "运行中……",
  listening: "正在监听：{count}",
  ended: "已结束：{count}",
  lost: "连接中断：{reason}",
  unreachable: "服务器没有响应：{reason}",
  errors: "错误：{count}",
  refused: "已拒绝",
  copy: "复制",
  copied: "已复制",
  signIn: "登录",
  signOut: "退出",
  email: "电子邮箱",
  password: "密码",
  cancel: "取消",
  nobody: "未登录",
};

/** The first language of the browser that the page speaks. */
export function languageOf(languages) {
  const spoken = languages.map((tag) => tag.toLowerCase().split("-")[0]);
  return spoken.find((tag) => tag === "zh" || tag === "en") ?? "en";
}

const language = languageOf(globalThis.navigator?.languages ?? ["en"]);
const words = language === "zh" ? CHINESE : ENGLISH;

/** The label `key`, with `{name}` filled in from `values`. */
export function label(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Put the labels into the page where its elements ask for them. */
export function labelPage(page) {
  page.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  page.title = `kehu · ${label("title")}`;
  for (const element of page.querySelectorAll("[data-label]")) {
    element.textContent = label(element.dataset.label);
  }
  for (const element of page.querySelectorAll("[data-label-aria]")) {
    element.setAttribute("aria-label", label(element.dataset.labelAria));
  }
  for (const element of page.querySelectorAll("[data-label-placeholder]")) {
    element.placeholder = label(element.dataset.labelPlaceholder);
  }
}

export const LANGUAGES = { en: ENGLISH, zh: CHINESE };
