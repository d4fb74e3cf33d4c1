// Requests to the server that this page is from.

const TOKEN = "holdfast-token";
let asking = null;

export async function get(path) {
  return request("GET", path);
}

export async function post(path) {
  return request("POST", path);
}

async function request(method, path) {
  const response = await fetch(path, { method, headers: headers(), signal: AbortSignal.timeout(5000) });
  if (response.status === 401) {
    await askForToken();
    return request(method, path);
  }
  const body = await response.json();
  if (!response.ok) throw new Error(body.error + (body.try ? "; " + body.try : ""));
  return body;
}

function headers() {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { Authorization: "Bearer " + token } : {};
}

function askForToken() {
  asking ??= new Promise(resolve => {
    const dialog = document.getElementById("token");
    const input = document.getElementById("token-value");
    input.value = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(TOKEN, input.value);
      asking = null;
      resolve();
    }, { once: true });
  });
  return asking;
}
