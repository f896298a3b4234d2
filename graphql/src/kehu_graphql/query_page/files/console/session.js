// Signing in and out. The session is a cookie that this page cannot read; it only asks who is there.

import { signIn, signOut, whoIsSignedIn } from "./api.js";
import { byId, show } from "./elements.js";
import { label } from "./labels.js";

/** Wire the sign-in form; `changed()` is called once somebody has signed in or out. */
export function startSession(changed) {
  const dialog = byId("sign-in");
  byId("open-sign-in").addEventListener("click", askToSignIn);
  byId("cancel-sign-in").addEventListener("click", () => dialog.close());
  byId("sign-out").addEventListener("click", async () => {
    await signOut();
    await refresh();
    changed();
  });
  byId("sign-in-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await enter(event.currentTarget))) return;
    dialog.close();
    await refresh();
    changed();
  });
  return refresh();
}

/** Open the sign-in form; a session that has ended no longer shows. */
export function askToSignIn() {
  refresh();
  byId("sign-in-error").textContent = "";
  byId("sign-in").showModal();
}

async function enter(form) {
  const { email, password } = form.elements;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const reason = await signIn(email.value, password.value).catch((error) => label("unreachable", { reason: error.message }));
  button.disabled = false;
  byId("sign-in-error").textContent = reason ?? "";
  password.value = "";
  if (reason !== null) password.focus();
  return reason === null;
}

async function refresh() {
  const user = await whoIsSignedIn().catch(() => null);
  byId("who").textContent = user?.name ?? label("nobody");
  show(byId("open-sign-in"), user === null);
  show(byId("sign-out"), user !== null);
}
