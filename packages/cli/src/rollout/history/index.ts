export { type HistoryOptions, history } from './history.ts'
