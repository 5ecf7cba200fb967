// Reads a page aloud with a voice that lives on this machine: what somebody hears goes to no outside service.

const synthesis = window.speechSynthesis;
const PARTS = "h1, h2, h3, p, li, dt, dd, label, legend";

function voice() {
  const wanted = document.documentElement.lang;
  return synthesis?.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(wanted));
}

/** Wires three elements of a page: begin, stop, and a note for a machine without a voice. Returns `stop`. */
export function readAloud({ read, quiet, none, within, spoke = () => {} }) {
  const offer = () => {
    read.hidden = !voice();
    none.hidden = Boolean(voice());
  };
  const stop = () => {
    synthesis?.cancel();
    quiet.hidden = true;
    offer();
  };
  const begin = () => {
    const parts = [...within.querySelectorAll(PARTS)];
    const spoken = parts.filter((part) => part.checkVisibility() && !part.querySelector("p, li"));
    for (const part of spoken) {
      const words = new SpeechSynthesisUtterance(part.innerText);
      words.voice = voice();
      words.lang = words.voice.lang;
      words.rate = 0.9;
      words.onstart = () => { spoke(); part.classList.add("spoken"); };
      words.onend = () => { part.classList.remove("spoken"); if (part === spoken.at(-1)) stop(); };
      synthesis.speak(words);
    }
    read.hidden = true;
    quiet.hidden = false;
  };
  read.addEventListener("click", begin);
  quiet.addEventListener("click", stop);
  synthesis?.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", stop);
  offer();
  return stop;
}
