// Does the ticket's work, so that nobody with scripts has to wait: a number whose hash begins with zero bits.
"use strict";

const form = document.querySelector("form[data-ticket]");

async function zeroBits(text) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  let bits = 0;
  for (const byte of hash) {
    if (byte === 0) { bits += 8; continue; }
    return bits + Math.clz32(byte) - 24;
  }
  return bits;
}

async function solve() {
  const { ticket, bits } = form.dataset;
  for (let answer = 0; ; answer += 1) {
    if (await zeroBits(`${ticket}:${answer}`) >= Number(bits)) {
      form.elements.answer.value = String(answer);
      form.submit();
      return;
    }
  }
}

// Without a secure context there is no SHA-256 here: then the wait and the button remain.
if (form && globalThis.crypto?.subtle) solve();
