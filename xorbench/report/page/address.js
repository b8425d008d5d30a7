// The state of the page in the address after its #, so that a link opens the same view again.

export function readAddress() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export function writeAddress(state) {
  const used = Object.entries(state).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const hash = new URLSearchParams(used.map(([name, value]) => [name, String(value)])).toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}
