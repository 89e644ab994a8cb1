// The client's pages with the server gone. It keeps their files, and of the pages those two that a page
// told it to keep: the form that is about to be filled in, and the words after it. It keeps no answer.
// It asks the server first, always; what was kept is for when nobody answers.

const { version, files, form, ready, kept } = {{ settings }};
const FILES = `client-files-${version}`;
const PAGES = "client-pages"; // static/js/kept-pages.js puts them in and takes them out
const ANSWERS_WITHIN_MS = 5000;

async function install() {
  const cache = await caches.open(FILES);
  await cache.addAll([...files, kept]);
  await skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith("client-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function keptPage(path) {
  const pages = await caches.open(PAGES);
  return pages.match(path, { ignoreSearch: true });
}

// Start without a server: on from the two words to the form, where there is one.
async function pageWithoutServer(path) {
  const page = await keptPage(form);
  if (page && path === form) return page;
  if (page && path === ready) return Response.redirect(form, 303);
  return (await keptPage(kept)) ?? (await caches.open(FILES)).match(kept);
}

const silence = () => new Promise((_, reject) => setTimeout(reject, ANSWERS_WITHIN_MS));

async function page(request) {
  const { pathname } = new URL(request.url);
  const changesNothing = request.method === "GET" || pathname === ready;
  try {
    const answer = fetch(request);
    const response = await (changesNothing ? Promise.race([answer, silence()]) : answer);
    if (![502, 503, 504].includes(response.status)) return response;
  } catch {
    // no network, no server, or neither in time
  }
  return pageWithoutServer(pathname);
}

async function file(request) {
  try {
    return await Promise.race([fetch(request), silence()]);
  } catch {
    return (await caches.open(FILES)).match(request, { ignoreVary: true });
  }
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (files.includes(new URL(event.request.url).pathname)) event.respondWith(file(event.request));
});
