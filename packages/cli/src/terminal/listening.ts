import { CommandFailed } from './failure.ts'

/** @throws CommandFailed that names the option by which another port is chosen. */
export const listening = async <T>(port: number, option: string, listen: () => Promise<T>): Promise<T> => {
  try {
    return await listen()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = code === 'EADDRINUSE' ? `port ${port} is taken` : code === 'EACCES' ? `port ${port} needs more rights` : undefined
    throw reason === undefined ? error : new CommandFailed(`${reason}: choose another with ${option}`, { cause: error })
  }
}
