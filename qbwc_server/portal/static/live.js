// Parts of a page that change by themselves: asked for again, and put in place where they differ. Without it the page
// has a link "Look again".
"use strict";
const patience = 2000;
async function look(part) {
  if (document.hidden) return part;
  let answer;
  try {
    answer = await fetch(part.dataset.live, { headers: { "X-Part": "live" }, redirect: "error" });
  } catch {
    return part; // the server is gone for a moment
  }
  if (!answer.ok) return answer.status >= 500 ? part : null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live-part]");
  if (!fresh) return null;
  if (fresh.outerHTML === part.dataset.seen) return part;
  const seen = fresh.outerHTML;
  const open = new Set([...part.querySelectorAll("details[open]")].map((one) => one.id));
  for (const one of fresh.querySelectorAll("details")) one.open ||= open.has(one.id);
  const here = document.adoptNode(fresh);
  part.replaceWith(here);
  here.dataset.seen = seen;
  return here.dataset.live ? here : null;
}
for (const begun of document.querySelectorAll("[data-live]")) {
  let part = begun;
  const again = async () => {
    part = await look(part);
    if (part) setTimeout(again, patience);
  };
  setTimeout(again, patience);
}
