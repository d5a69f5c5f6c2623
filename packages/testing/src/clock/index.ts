export { type Agenda, agenda } from './agenda.ts'
