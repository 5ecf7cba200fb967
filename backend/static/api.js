// Calls to our own API. A refusal arrives as problem+json and is thrown with its words.

export class Refused extends Error {
  constructor(problem) {
    super([problem.title, problem.detail].filter(Boolean).join(". ").replace(/\.\. /g, ". "));
    this.problem = problem;
  }
}

export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        "Accept-Language": document.documentElement.lang,
        "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    const vi = document.documentElement.lang === "vi";
    throw new Refused({
      title: vi ? "Không kết nối được máy chủ" : "The server cannot be reached",
      detail: vi ? "Chưa có gì thay đổi; hãy thử lại" : "Nothing was changed; try again",
    });
  }
  if (response.status === 401) {
    location.href = "/dang-nhap?next=" + encodeURIComponent(location.pathname);
    return new Promise(() => {});
  }
  if (!response.ok) throw new Refused(await response.json());
  return response.status === 204 ? null : response.json();
}

export function say(element, error) {
  element.textContent = error.message;
  element.hidden = false;
  element.scrollIntoView({ block: "nearest" });
}

export async function takeNext(done) {
  const item = await call("POST", "/v1/review/next");
  const query = done ? "?done=" + done : "";
  location.href = item ? `/canh-sat/duyet/${item.id}${query}` : `/canh-sat${query}`;
}

// A dialog that has closed keeps the focus until the next frame: nobody types into it any more.
export function typing(event) {
  const into = event.target.closest("dialog:not([open])") ? null : event.target;
  return event.ctrlKey || event.altKey || event.metaKey
    || into?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog");
}
