// Seals a text to the server's public key, so that nobody who holds the device can read it, this page
// included. The layout is the one of accounts/sealing.py.

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const PURPOSE = new TextEncoder().encode("alliance sealed answers 1");
const ID_BYTES = 8;
const NONCE_BYTES = 12;

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const joined = async (...parts) => new Uint8Array(await new Blob(parts).arrayBuffer());

async function sharedKey(own, server, info) {
  const theirs = await crypto.subtle.importKey("raw", server, CURVE, false, []);
  const bits = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own, 256);
  const drawn = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(hkdf, drawn, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}

export async function seal(publicKey, text) {
  const server = Uint8Array.from(atob(publicKey), (letter) => letter.charCodeAt(0));
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const sender = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  const key = await sharedKey(once.privateKey, server, await joined(PURPOSE, sender, server));
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const secret = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
  return joined((await sha256(server)).slice(0, ID_BYTES), sender, iv, secret);
}

// Names a form without telling its uuid, which is what lets somebody hand it in.
export async function nameOf(uuid) {
  return [...(await sha256(new TextEncoder().encode(uuid)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
