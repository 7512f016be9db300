// The page of a profiler trace: brings it into the form that the viewer reads, then starts the viewer.
//
// The viewer takes the address of a trace from the page's fragment, when it starts. It wants numbers for processes and
// threads, where torch.profiler also writes names ("GPU 0 Context"), and counts calls apart whose arguments differ.

const SPANS = new Set(["X", "B", "E"]);
const { profile, title, viewer } = document.body.dataset;
const note = document.getElementById("note");

async function start() {
  const response = await fetch(profile);
  if (!response.ok) throw new Error(`The trace cannot be read: the server answered ${response.status}.`);
  const trace = JSON.parse(await text(await response.blob()));
  const address = URL.createObjectURL(new Blob([JSON.stringify(readable(trace))], { type: "application/json" }));
  history.replaceState(null, "", `#profileURL=${encodeURIComponent(address)}&title=${encodeURIComponent(title)}`);
  const script = document.createElement("script");
  script.src = viewer;
  script.addEventListener("load", () => history.replaceState(null, "", location.pathname)); // so that reloading works
  note.remove();
  document.body.append(script);
}

/** A file as text, unpacked when it is gzip, whatever its name. */
async function text(file) {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const packed = first === 0x1f && second === 0x8b;
  return packed ? new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).text() : file.text();
}

/** Spans of named threads, with numbers for both. Other forms of profiles are left as they are. */
function readable(trace) {
  const events = Array.isArray(trace) ? trace : trace.traceEvents;
  if (!Array.isArray(events) || trace.stackFrames) return trace;
  const processes = numbers();
  const threads = numbers();
  const shown = [];
  for (const { ph, name, cat, ts, dur, pid, tid, args } of events) {
    const place = { pid: processes(pid), tid: threads(`${pid}\n${tid}`) };
    if (SPANS.has(ph) && Number.isFinite(ts)) shown.push({ ph, name, cat, ts, dur, ...place });
    else if (ph === "M" && (name === "process_name" || name === "thread_name")) shown.push({ ph, name, args, ...place });
  }
  return { traceEvents: shown };
}

/** A number for each different value. */
function numbers() {
  const known = new Map();
  return (value) => {
    const key = String(value);
    if (!known.has(key)) known.set(key, known.size + 1);
    return known.get(key);
  };
}

start().catch((error) => (note.textContent = error.message));
