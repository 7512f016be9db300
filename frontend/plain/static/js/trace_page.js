// Tells the viewer, which reads it from the address, which trace to load. A classic script: it must run before the viewer.

if (!location.hash) {
  const { profile, title } = document.currentScript.dataset;
  history.replaceState(null, "", `#profileURL=${encodeURIComponent(profile)}&title=${encodeURIComponent(title)}`);
}
