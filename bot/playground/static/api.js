// The page's acts. An answer is always an object; `error` holds words for the person.

const UNREACHABLE = "The playground does not answer. Is it still running?";

export async function act(kind, body) {
  try {
    const response = await fetch(`/act/${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { error: UNREACHABLE };
  }
}

export async function upload(person, file) {
  try {
    const response = await fetch(`/upload?${new URLSearchParams({ person, name: file.name })}`, { method: "POST", body: file });
    return await response.json();
  } catch {
    return { error: UNREACHABLE };
  }
}
