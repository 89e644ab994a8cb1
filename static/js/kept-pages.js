// The pages that open without a server for as long as one client has a form in hand. The worker shows them
// (templates/sessions_app/client_worker.js).

const PAGES = "client-pages";

export async function keepPages(addresses) {
  await navigator.serviceWorker.ready;
  const pages = await caches.open(PAGES);
  await Promise.all(addresses.map((address) => pages.add(address)));
}

export const forgetPages = () => caches.delete(PAGES);

// Who has handed in has no form any more; the words after it are still needed.
export async function forgetPage(address) {
  const pages = await caches.open(PAGES);
  await pages.delete(address, { ignoreSearch: true });
}
