// Signing up, in and out. The secret of a mailed link stands behind `#` in the
// address, where no server sees it, and is taken out of the address at once.
"use strict";

const byId = (id) => document.getElementById(id);
const FORMS = ["sign-in", "sign-up", "forgotten", "verify", "reset"];
const page = location.pathname.split("/")[2] ?? "";
const token = ["verify", "reset"].includes(page) ? location.hash.slice(1) : "";
if (token) history.replaceState(null, "", location.pathname);

const say = (text) => {
  byId("said").textContent = text;
};

const show = (id) => {
  for (const form of FORMS) byId(form).hidden = form !== id;
  byId("signed-in").hidden = id !== "signed-in";
};

const csrf = () => {
  const cookies = document.cookie.split("; ").map((cookie) => cookie.split("="));
  const found = cookies.find(([name]) => /^(__Host-)?narrate-csrf$/.test(name));
  return found ? { "x-csrf-token": found[1] } : {};
};

const post = async (path, body) => {
  const headers = { "content-type": "application/json", ...csrf() };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  const said = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(said.errors?.[0]?.message ?? "this cannot be done now");
  return said;
};

const whoIsThere = async () => {
  const query = "{ me { email role } }";
  const { data } = await post("/graphql", { query }).catch(() => ({}));
  return data?.me;
};

const welcome = async () => {
  let me = await whoIsThere();
  if (!me) {
    await post("/auth/refresh", {}).catch(() => {});
    me = await whoIsThere();
  }
  if (!me) return show(FORMS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "sign-in");
  byId("who").textContent = me.email ?? "the owner of this machine";
  show("signed-in");
};

const handle = (id, send) =>
  byId(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    const form = event.target;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await send(Object.fromEntries(new FormData(form)));
      form.reset();
    } catch (error) {
      say(error.message);
    } finally {
      button.disabled = false;
    }
  });

handle("sign-in", async (given) => {
  await post("/auth/sign-in", given);
  await welcome();
});
handle("sign-up", async (given) => {
  await post("/auth/sign-up", given);
  say("Look into your mailbox, and open the link that is there.");
});
handle("forgotten", async (given) => {
  await post("/auth/request-password-reset", given);
  say("If the address has an account, a link is on its way to it.");
});
handle("verify", async (given) => {
  await post("/auth/verify-email", { token, ...given });
  await welcome();
});
handle("reset", async (given) => {
  await post("/auth/reset-password", { token, ...given });
  say("The new password is set. Sign in with it.");
  show("sign-in");
});
byId("sign-out").addEventListener("click", async () => {
  await post("/auth/sign-out", {}).catch((error) => say(error.message));
  show("sign-in");
});
addEventListener("hashchange", () => {
  say("");
  const id = location.hash.slice(1);
  if (FORMS.includes(id)) show(id);
});

const offerProviders = async () => {
  const answer = await fetch("/auth/providers");
  for (const { name } of answer.ok ? await answer.json() : []) {
    const link = document.createElement("a");
    link.href = "/auth/oidc/start";
    link.textContent = `Sign in with ${name}`;
    byId("providers").append(link);
  }
};

if (token) show(page);
else welcome();
offerProviders();
