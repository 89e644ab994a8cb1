// The client's pages with the server gone. It keeps their files, and of the pages those two that a page
// told it to keep: the form that is about to be filled in, and the words after it. It keeps no answer.
// It asks the server first, always; what was kept is for when nobody answers.

const { version, files, form, ready, kept } = {{ settings }};
const FILES = `client-files-${version}`;
const PAGES = "client-pages"; // static/js/kept-pages.js puts them in and takes them out
const ANSWERS_WITHIN_MS = 5000;

// The browser's own copies may be old, so the server is asked whether they are; the page comes as a stranger
// gets it, not as this client does.
const anew = (address) => new Request(address, { cache: "no-cache", credentials: "omit" });

async function install() {
  const cache = await caches.open(FILES);
  await cache.addAll([...files, kept].map(anew));
  await skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith("client-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

// A form's address names its client's ticket and language. Another client's form is another page.
async function pageWithoutServer({ pathname, search }) {
  const pages = await caches.open(PAGES);
  const page = await pages.match(form + search);
  if (page && pathname === form) return page;
  if (page && pathname === ready) return Response.redirect(form + search, 303); // Start was pressed
  return (await pages.match(kept, { ignoreSearch: true })) ?? (await caches.open(FILES)).match(kept);
}

const silence = () => new Promise((_, reject) => setTimeout(reject, ANSWERS_WITHIN_MS));

// The server's answer, or nothing: no network, no server, a proxy without one, or none of them in time.
async function ask(request, changesNothing = true) {
  try {
    const answer = fetch(request);
    const response = await (changesNothing ? Promise.race([answer, silence()]) : answer);
    return [502, 503, 504].includes(response.status) ? undefined : response;
  } catch {
    return undefined;
  }
}

async function page(request) {
  const address = new URL(request.url);
  const changesNothing = request.method === "GET" || address.pathname === ready;
  return (await ask(request, changesNothing)) ?? pageWithoutServer(address);
}

async function file(request) {
  return (await ask(request)) ?? (await caches.open(FILES)).match(request, { ignoreVary: true });
}

// A form that is posted openly holds marks: no other page stands in for what the browser says then.
const isOpenForm = (request) => request.method === "POST" && new URL(request.url).pathname === form;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  if (isOpenForm(event.request)) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (files.includes(new URL(event.request.url).pathname)) event.respondWith(file(event.request));
});
