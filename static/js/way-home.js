// Back by itself to where a paired tablet waits, once the words were read. Not before somebody answers there:
// the browser's own page of an error would stay for good.

const RETURN_AFTER_MS = 20_000;
const AGAIN_AFTER_MS = 5000;
const TIMEOUT_MS = 10_000;

async function answers(address) {
  try {
    return (await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}

async function goHome(address) {
  if (await answers(address)) location.replace(address);
  else setTimeout(goHome, AGAIN_AFTER_MS, address);
}

export const goHomeLater = (address) => setTimeout(goHome, RETURN_AFTER_MS, address);
