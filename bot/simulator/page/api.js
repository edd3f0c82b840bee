// The control API of the simulator: the same calls the end-to-end tests make.

export class Refusal extends Error {}

async function answer(response) {
  const found = await response.json();
  if (!response.ok) throw new Refusal(found.error || response.statusText);
  return found;
}

export async function get(path, signal) {
  return answer(await fetch(`/sim${path}`, { signal }));
}

export async function post(path, given = {}) {
  return answer(
    await fetch(`/sim${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(given),
    }),
  );
}

export const act = (person, action, given) => post(`/people/${person}/${action}`, given);
