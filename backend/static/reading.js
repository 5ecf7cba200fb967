// Reads a page aloud with a voice that lives on this machine: what somebody hears goes to no outside service.

import { spoken } from "./spoken.js";

const synthesis = window.speechSynthesis;
const PARTS = "h1, h2, h3, p, li, dt, dd, label, legend";
const HOLDS_OTHERS = "p, li, dt, dd";

function voice(lang = document.documentElement.lang) {
  return synthesis?.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(lang));
}

/** What is read of an element and in which language, from top to bottom: what is shown, and each thing once. */
export function whatIsRead(within) {
  const shown = [...within.querySelectorAll(PARTS)].filter((part) => part.checkVisibility());
  const said = shown.filter((part) => !part.querySelector(HOLDS_OTHERS));
  const once = said.filter((part) => !said.some((other) => other !== part && other.contains(part)));
  return once
    .map((part) => {
      const lang = part.closest("[lang]").lang;
      return { part, lang, words: spoken(part.innerText, lang) };
    })
    .filter(({ words }) => words);
}

/** Wires three elements of a page: begin, stop, and a note for a machine without a voice. Returns `stop`. */
export function readAloud({ read, quiet, none, within, spoke = () => {} }) {
  const offer = () => {
    read.hidden = !voice();
    none.hidden = Boolean(voice());
  };
  const stop = () => {
    synthesis?.cancel();
    const here = document.activeElement === quiet;
    offer();
    if (here) read.focus();
    quiet.hidden = true;
  };
  const begin = () => {
    const parts = whatIsRead(within);
    for (const { part, lang, words } of parts) {
      const told = new SpeechSynthesisUtterance(words);
      told.voice = voice(lang) ?? voice();
      told.lang = told.voice.lang;
      told.rate = 0.9;
      told.onstart = () => { spoke(); part.classList.add("spoken"); };
      told.onend = () => { part.classList.remove("spoken"); if (part === parts.at(-1).part) stop(); };
      synthesis.speak(told);
    }
    quiet.hidden = false;
    quiet.focus();
    read.hidden = true;
  };
  read.addEventListener("click", begin);
  quiet.addEventListener("click", stop);
  synthesis?.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", stop);
  offer();
  return stop;
}
