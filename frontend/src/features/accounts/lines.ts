// The lines that a newcomer pastes. They are code and commands: the same in every language.

/** Installs the SDK and logs in; without a token the login asks for one. */
export function loginLines(server: string, token?: string): string {
  const login = `pavi login --server ${server}`;
  return `pip install pavi-sdk\n${token ? `${login} --token ${token}` : login}`;
}

/** The smallest training that draws a curve. */
export function trainingLines(project = "digits"): string {
  return `import pavi

training = pavi.init(project=${JSON.stringify(project)}, config={"lr": 0.1})

for step in range(1000):
    loss = 1 / (1 + 0.01 * step)
    training.log({"train/loss": loss}, step=step)`;
}
